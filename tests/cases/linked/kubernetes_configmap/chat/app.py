import os

import boto3

client = boto3.client("bedrock-runtime")


def chat(messages):
    return client.converse(modelId=os.environ["BEDROCK_MODEL_ID"], messages=messages)


def embed(body):
    return client.invoke_model(modelId=os.environ["EMBED_MODEL_ID"], body=body)


def judge(messages):
    return client.converse(modelId=os.environ["JUDGE_MODEL_ID"], messages=messages)
