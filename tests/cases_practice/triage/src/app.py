import os

import boto3

client = boto3.client("bedrock-runtime")


def handler(event, context):
    return client.converse(
        modelId=os.environ["MODEL_ID"],
        system=[{"text": "Classify the ticket. Answer with one of: billing, outage, other."}],
        messages=[{"role": "user", "content": [{"text": event["text"]}]}],
        inferenceConfig={"maxTokens": 8, "temperature": 0},
    )
