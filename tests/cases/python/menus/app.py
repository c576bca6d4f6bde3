"""Menus: what the user picks is one of the options that the code offers."""

import boto3
import streamlit as st

MODELS = {"fast": "amazon.nova-lite-v1:0", "good": "amazon.nova-pro-v1:0"}
MANY = {
    "a": "amazon.nova-micro-v1:0",
    "b": "amazon.nova-lite-v1:0",
    "c": "amazon.nova-pro-v1:0",
    "d": "amazon.nova-premier-v1:0",
    "e": "anthropic.claude-3-haiku-20240307-v1:0",
}
client = boto3.client("bedrock-runtime")

side = st.sidebar.selectbox("Model", ["amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0"], index=1)
client.converse(modelId=side, messages=[])

left, right = st.columns(2)
client.converse(modelId=left.radio("Model", options=tuple(MODELS.values())), messages=[])

client.converse(modelId=MODELS[st.selectbox("Model", MODELS)], messages=[])

client.converse(modelId=st.selectbox("Model", list(MANY.values())), messages=[])

found = [each["modelId"] for each in boto3.client("bedrock").list_foundation_models()["modelSummaries"]]
client.converse(modelId=st.selectbox("Model", found), messages=[])

client.converse(modelId=st.selectbox("Model", ["amazon.nova-micro-v1:0", *found]), messages=[])

client.converse(modelId=st.text_input("Model", "amazon.nova-micro-v1:0"), messages=[])
