"""The weekly report: what came in, in two paragraphs."""

import boto3
from langchain_aws import ChatBedrockConverse

import models

summarizer = ChatBedrockConverse(model=models.SUMMARY, max_tokens=400)


def trend(tickets):
    """One sentence on what has changed since last week."""
    bedrock = boto3.client("bedrock-runtime")
    return bedrock.converse(
        modelId="anthropic.claude-3-haiku-20240307-v1:0",
        messages=[{"role": "user", "content": [{"text": "\n".join(tickets)}]}],
        inferenceConfig={"maxTokens": 100},
    )
