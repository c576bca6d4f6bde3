import os

import boto3

client = boto3.client("bedrock-runtime")


class Classifier:
    """What is made with a client calls the model; what is made without one makes do with rules."""

    def __init__(self, model_id: str = "amazon.nova-pro-v1:0", client=None, offline: bool = False):
        self.model_id = model_id
        self.client = client
        self.offline = offline

    def classify(self, message):
        if self.offline or not self.client:
            return self._rules(message)
        return self.client.converse(modelId=self.model_id, messages=[message])

    def _rules(self, message):
        return "other"


class Summary:
    """Its only caller says that it is verbose: the other branch is not what runs."""

    def __init__(self, client, verbose: bool = False):
        self.client = client
        self.model_id = "us.amazon.nova-premier-v1:0" if verbose else "us.amazon.nova-lite-v1:0"

    def write(self):
        return self.client.converse(modelId=self.model_id, messages=[])


def main(client):
    return Summary(client, verbose=True).write()


def ask(model_id, message):
    request = {"modelId": model_id, "messages": [message]}
    return client.converse(**request)


def handler(event, context):
    model_id = os.environ.get("ASSISTANT_MODEL")
    if not model_id:
        return None
    return ask(model_id, event["message"])


def ask_across_regions(model_id, message):
    return client.converse(modelId=f"us.{model_id}", messages=[message])


def across_regions(event, context):
    model_id = os.environ.get("REGIONAL_MODEL")
    if not model_id:
        raise ValueError("REGIONAL_MODEL is not set")
    return ask_across_regions(model_id, event["message"])
