import boto3
import os
import sys

client = boto3.client("bedrock-runtime")
LARGE, SMALL = "us.amazon.nova-premier-v1:0", "amazon.nova-micro-v1:0"
STAGE = "prod"
quick = len(sys.argv) > 1

client.converse(modelId=LARGE if STAGE == "prod" else SMALL, messages=[])
client.converse(modelId=SMALL if quick else LARGE, messages=[])
client.converse(modelId=LARGE if os.getenv("USE_LARGE") else SMALL, messages=[])
client.converse(modelId=None or SMALL, messages=[])

match STAGE:
    case "dev" | "test":
        model = SMALL
    case "prod":
        model = LARGE
    case _:
        raise SystemExit(1)
client.converse(modelId=model, messages=[])


def ask(prompt, model=None):
    if model is None:
        model = SMALL
    elif model.startswith("amazon."):
        model = f"us.{model}"
    return client.converse(modelId=model, messages=[prompt])


ask("a")
ask("b", "amazon.nova-pro-v1:0")

try:
    chosen = {"fast": SMALL}["best"]
except KeyError:
    chosen = LARGE
client.converse(modelId=chosen, messages=[])
