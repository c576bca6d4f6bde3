"""A prefix that the region decides, put before a model that does not have it already."""

import os

import boto3

client = boto3.client("bedrock-runtime")
PREFIXES = {"us-east-1": "us", "eu-west-1": "eu"}
prefix = PREFIXES[os.environ["AWS_REGION"]]

model = "us.amazon.nova-pro-v1:0"
if not model.startswith(f"{prefix}."):
    model = f"{prefix}.{model.removeprefix('us.')}"
client.converse(modelId=model, messages=[])

plain = "amazon.nova-lite-v1:0"
if not plain.startswith(prefix):
    plain = prefix + "." + plain
client.converse(modelId=plain, messages=[])
