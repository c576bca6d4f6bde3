import os

import boto3

client = boto3.client("bedrock-runtime")


def chat(messages):
    # Compose wins over the image.
    return client.converse(modelId=os.environ["CHAT_MODEL_ID"], messages=messages)


def summarise(messages):
    return client.converse(modelId=os.environ["SUMMARY_MODEL_ID"], messages=messages)


def rerank(body):
    return client.invoke_model(modelId=os.environ["RERANK_MODEL_ID"], body=body)
