"""Drafts an answer to a complaint."""

import os

import boto3

bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    """The draft as text."""
    response = bedrock.converse(
        modelId=os.environ["DRAFT_MODEL_ID"],
        messages=[{"role": "user", "content": [{"text": event["complaint"]}]}],
        inferenceConfig={"maxTokens": 800},
    )
    return response["output"]["message"]["content"][0]["text"]
