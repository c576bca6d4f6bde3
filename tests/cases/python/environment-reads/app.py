import os
from os import environ, getenv

import boto3
from decouple import config
from environs import Env

env = Env()
env.read_env()
client = boto3.client("bedrock-runtime")
client.converse(modelId=os.getenv("CHAT_MODEL", "amazon.nova-micro-v1:0"), messages=[])
client.converse(modelId=environ.get("DRAFT_MODEL") or "amazon.nova-lite-v1:0", messages=[])
client.converse(modelId=getenv("JUDGE_MODEL", default="us.amazon.nova-premier-v1:0"), messages=[])
client.converse(modelId=os.environ["REVIEW_MODEL"], messages=[])
client.converse(modelId=config("TITLE_MODEL", default="amazon.nova-pro-v1:0"), messages=[])
client.converse(modelId=env.str("TAG_MODEL", "us.amazon.nova-lite-v1:0"), messages=[])
client.converse(modelId=env("TOPIC_MODEL", default="us.amazon.nova-micro-v1:0"), messages=[])

try:
    sort = os.environ["SORT_MODEL"]
except KeyError:
    sort = "eu.amazon.nova-lite-v1:0"
client.converse(modelId=sort, messages=[])

rank = os.environ.get("RANK_MODEL")
if not rank:
    rank = "amazon.rerank-v1:0"
client.converse(modelId=rank, messages=[])
client.converse(modelId=os.environ["PLAN_MODEL"] if "PLAN_MODEL" in os.environ else "eu.amazon.nova-pro-v1:0", messages=[])


def required(name):
    value = os.environ.get(name)
    if not value:
        raise ValueError(name)
    return value


client.converse(modelId=required("REVIEW_MODEL"), messages=[])
client.converse(modelId=required("MISSING_MODEL"), messages=[])
