"""Sorts a complaint into one of a few kinds."""

import os

import boto3

KINDS = ("late", "broken", "wrong", "other")
bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    """The kind of a complaint."""
    question = f"Answer with one word of {', '.join(KINDS)}: {event['complaint']}"
    response = bedrock.converse(
        modelId=os.environ["SORT_MODEL_ID"],
        messages=[{"role": "user", "content": [{"text": question}]}],
        inferenceConfig={"maxTokens": 5},
    )
    text = response["output"]["message"]["content"][0]["text"].strip().lower()
    return text if text in KINDS else "other"
