"""Grades drafted answers against the ones that agents sent, once a week."""

import boto3

bedrock = boto3.client("bedrock-runtime", region_name="us-east-1")


def grade(expected, drafted):
    """1 to 5, by a stronger model than the ones it judges."""
    # routelint: ignore[unjustified-premium-model] until=2027-01-31 -- judge of 200 golden tickets a week, SUP-88
    response = bedrock.converse(
        modelId="us.anthropic.claude-opus-5",
        messages=[{"role": "user", "content": [{"text": f"Expected:\n{expected}\n\nDrafted:\n{drafted}"}]}],
        inferenceConfig={"maxTokens": 4},
    )
    return int(response["output"]["message"]["content"][0]["text"])
