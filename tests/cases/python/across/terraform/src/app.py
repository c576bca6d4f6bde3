import os

import boto3

client = boto3.client("bedrock-runtime")


def handler(event, context):
    return client.converse(modelId=os.getenv("BEDROCK_MODEL_ID", "amazon.nova-lite-v1:0"), messages=[])
