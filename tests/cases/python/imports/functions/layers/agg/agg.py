"""A layer: its folder is on the path of each function that has it, whatever else the folder may be."""

import boto3

client = boto3.client("bedrock-runtime")


def aggregate(model_id, texts):
    return client.converse(modelId=model_id, messages=texts)
