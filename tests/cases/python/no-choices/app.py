"""We tried anthropic.claude-v2 here, and amazon.nova-pro-v1:0."""

import boto3
import streamlit as st

PRICES = {"amazon.nova-micro-v1:0": 0.035, "amazon.nova-lite-v1:0": 0.06}
SUPPORTED_MODELS = ["amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"]

choice = st.selectbox("Model", options=["amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0"])
client = boto3.client("bedrock-runtime")
client.converse(modelId=choice, messages=[])


def is_small(model):
    assert model != "amazon.nova-premier-v1:0"
    return model == "amazon.nova-micro-v1:0"


def describe(model):
    print(f"amazon.nova-lite-v1:0 is not {model}")
    raise ValueError("use amazon.nova-lite-v1:0")
