import os

import boto3


def handler(event, context):
    return boto3.client("bedrock-runtime").converse(modelId=os.environ.get("MODEL_ID", "us.amazon.nova-lite-v1:0"), messages=[])
