import os

import boto3

MODEL_ID = os.environ["MODEL_ID"]


def classify(event, context):
    return boto3.client("bedrock-runtime").converse(modelId=MODEL_ID, messages=event["messages"])
