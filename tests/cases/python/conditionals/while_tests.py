"""The test of a `while` says what its body gets: a fallback that is not there ends the loop, it is never asked."""

import boto3

client = boto3.client("bedrock-runtime")
FALLBACKS = {"amazon.nova-pro-v1:0": "amazon.nova-lite-v1:0"}


def first_that_answers(model_id="amazon.nova-pro-v1:0"):
    tried = set()
    current = model_id
    while current and current not in tried:
        tried.add(current)
        try:
            return client.converse(modelId=current, messages=[])
        except client.exceptions.ThrottlingException:
            current = FALLBACKS.get(current)
    return None
