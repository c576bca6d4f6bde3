"""Picks the queue of a support ticket and drafts a first answer."""

import json
import os

import boto3

import models
import rules

QUEUES = ("billing", "outage", "how-to", "other")

bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    """The Lambda entry: one batch of tickets from the queue."""
    for record in event["Records"]:
        ticket = json.loads(record["body"])
        ticket["queue"] = classify(ticket)
        ticket["answer"] = draft(ticket)


def classify(ticket):
    """The queue a ticket belongs to, one word of QUEUES."""
    response = bedrock.converse(
        modelId=os.environ["TRIAGE_MODEL_ID"],
        system=[{"text": f"Classify the ticket. Answer with one of: {', '.join(QUEUES)}."}],
        messages=[{"role": "user", "content": [{"text": ticket["text"]}]}],
        inferenceConfig={"maxTokens": 8, "temperature": 0},
    )
    return response["output"]["message"]["content"][0]["text"].strip()


def draft(ticket):
    """A first answer for the agent to edit."""
    response = bedrock.converse(
        modelId=models.DRAFT,
        messages=[{"role": "user", "content": [{"text": ticket["text"]}]}],
        inferenceConfig={"maxTokens": 600},
    )
    return response["output"]["message"]["content"][0]["text"]


def translate(ticket, language):
    """The ticket in the agent's language; some customers have bought a model of their own."""
    return bedrock.converse(
        modelId=rules.lookup(ticket["customer"]).get("translation_model") or models.SUMMARY,
        messages=[{"role": "user", "content": [{"text": f"Translate into {language}: {ticket['text']}"}]}],
    )
