import os

import boto3

client = boto3.client("bedrock-runtime")


def ask(prompt):
    return client.converse(modelId=os.environ["MODEL_ID"], messages=[prompt])


def embed(text):
    return client.invoke_model(modelId=os.environ["EMBEDDING_MODEL"], body=text)
