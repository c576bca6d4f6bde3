"""Collections that a comprehension sifts by what only the running code knows: what is left is still one of what was there."""

import os

import boto3

client = boto3.client("bedrock-runtime")
CANDIDATES = ["amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0"]


class Caller:
    def __init__(self, model_id="amazon.nova-pro-v1:0", guardrail=None, system=os.environ.get("SYSTEM")):
        self.model_id = model_id
        self.guardrail = guardrail
        self.system = system

    def arguments(self):
        given = {"modelId": self.model_id, "guardrailConfig": self.guardrail, "system": self.system}
        return {key: value for key, value in given.items() if value}

    def call(self):
        return client.converse(messages=[], **self.arguments())


def retry(failed):
    for model in [each for each in CANDIDATES if each != failed]:
        client.converse(modelId=model, messages=[])
    others = [each for each in CANDIDATES if each != "amazon.nova-micro-v1:0"]
    client.converse(modelId=others[0], messages=[])
    first = [each for each in CANDIDATES if each != failed][0]
    client.converse(modelId=first, messages=[])


def any_of(names):
    client.converse(modelId=[each for each in names if each][0], messages=[])
