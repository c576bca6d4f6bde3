import os

import boto3


def handler(event, context):
    return boto3.client("bedrock-runtime").converse(modelId=os.environ["MODEL_ID"], messages=event["messages"])
