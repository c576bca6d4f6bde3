import os

import boto3

MODEL_ID = os.getenv("MODEL_ID", "amazon.nova-lite-v1:0")
client = boto3.client("bedrock-runtime")


def answer(text):
    return client.converse(modelId=MODEL_ID, messages=[{"role": "user", "content": [{"text": text}]}])
