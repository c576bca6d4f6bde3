"""Lists and dicts that begin empty: what functions put into them later is what they hold."""

import boto3

client = boto3.client("bedrock-runtime")
fallbacks = []
pool = {}
registry = {}
sessions = {}
never = []


class Session:
    def __init__(self, model=None):
        self.model = model


def prepare():
    fallbacks.append("amazon.nova-lite-v1:0")
    fallbacks.append("amazon.nova-pro-v1:0")
    pool["judge"] = "amazon.nova-premier-v1:0"


def begin(request):
    sessions[request.id] = Session(model=request.model)


def register(name, model):
    registry[name] = model


register("small", "amazon.nova-micro-v1:0")


def run(name):
    for model in fallbacks:
        client.converse(modelId=model, messages=[])
    client.converse(modelId=pool["judge"], messages=[])
    client.converse(modelId=registry["small"], messages=[])
    client.converse(modelId=sessions[name].model, messages=[])
    client.converse(modelId=never[0], messages=[])


def kept(name):
    if name not in sessions:
        sessions[name] = Session(model="anthropic.claude-3-haiku-20240307-v1:0")
    return sessions[name]


client.converse(modelId=kept("x").model, messages=[])
