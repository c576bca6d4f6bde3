import os

import boto3


def handler(event, context):
    return boto3.client("bedrock-runtime").converse(modelId=os.environ["PROFILE_ARN"], messages=event["messages"])
