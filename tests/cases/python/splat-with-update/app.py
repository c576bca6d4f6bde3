import os

import boto3

client = boto3.client("bedrock-runtime", region_name="eu-west-1")
BASE = {"modelId": "anthropic.claude-3-haiku-20240307-v1:0", "inferenceConfig": {"maxTokens": 512}}


def ask(messages, big=False):
    request = {**BASE, "messages": messages}
    if needs_more(messages):
        request["modelId"] = os.environ.get("BIG_MODEL", "us.anthropic.claude-opus-4-1-20250805-v1:0")
        request.pop("inferenceConfig")
    return client.converse(**request)
