import boto3

client = boto3.client("bedrock-runtime")
MODEL = None


def choose(model):
    global MODEL
    MODEL = model


def ask():
    return client.converse(modelId=MODEL, messages=[])


choose("amazon.nova-lite-v1:0")
client.converse(modelId=MODEL, messages=[])
ask()


def counter():
    current = "amazon.nova-micro-v1:0"

    def next_one():
        nonlocal current
        current = "amazon.nova-pro-v1:0"

    next_one()
    return client.converse(modelId=current, messages=[])
