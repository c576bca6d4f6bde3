import os

import boto3

client = boto3.client("bedrock-runtime")


def answer(messages):
    return client.converse(modelId=os.getenv("BEDROCK_MODEL_ID", "us.amazon.nova-micro-v1:0"), messages=messages)
