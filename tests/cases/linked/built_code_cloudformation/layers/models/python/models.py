import os

import boto3

client = boto3.client("bedrock-runtime")


def embed(body):
    return client.invoke_model(modelId=os.environ.get("LAYER_MODEL_ID", "amazon.titan-embed-text-v1"), body=body)
