import os

import boto3

client = boto3.client("bedrock-runtime")


def handler(event, context):
    client.invoke_model(modelId=os.environ["EMBEDDING_MODEL_ID"], body=event["body"])
    return client.converse(modelId=os.environ.get("MODEL_ID", "amazon.nova-lite-v1:0"), messages=event["messages"])
