import os

import boto3

client = boto3.client("bedrock-runtime")


def lambda_handler(event, context):
    return client.converse(modelId=os.environ["MODEL_ID"], messages=event["messages"])
