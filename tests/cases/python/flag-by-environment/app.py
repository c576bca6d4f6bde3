"""Code that never runs while a variable has its default still has a model: a deployment that sets the variable runs it."""

import os
from dataclasses import dataclass

import boto3

runtime = boto3.client("bedrock-runtime")
LARGE = os.getenv("LARGE_ANSWERS", "false") == "true"


@dataclass
class Ranking:
    enabled: bool = False
    model_id: str = "amazon.rerank-v1:0"


def ranking():
    return Ranking(enabled=os.getenv("RANKING", "false").lower() in ("true", "1"))


def answer(messages):
    model = "amazon.nova-lite-v1:0"
    if LARGE:
        model = "amazon.nova-pro-v1:0"
    return runtime.converse(modelId=model, messages=messages)


def rank(body, settings=None):
    if settings is None:
        settings = ranking()
    if not settings.enabled:
        return None

    def call():
        return runtime.invoke_model(modelId=settings.model_id, body=body)

    return call()


def fixed(messages, large=False):
    model = "amazon.nova-micro-v1:0"
    if large:
        model = "amazon.nova-pro-v1:0"
    return runtime.converse(modelId=model, messages=messages)


fixed([])
