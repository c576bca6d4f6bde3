import boto3

client = boto3.client("bedrock-runtime")
MODELS = {
    "fast": "amazon.nova-micro-v1:0",
    "best": {"id": "us.amazon.nova-premier-v1:0", "tokens": 4096},
}
ORDER = ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"]
CATALOG = {f"m{n}": f"amazon.titan-text-{n}-v1" for n in range(9)}

client.converse(modelId=MODELS["fast"], messages=[])
client.converse(modelId=MODELS["best"]["id"], messages=[])
client.converse(modelId=MODELS.get("cheap", ORDER[0]), messages=[])
client.converse(modelId=ORDER[-1], messages=[])
client.converse(modelId=["amazon.nova-canvas-v1:0"][0], messages=[])
client.converse(modelId=next(name for name in ORDER if "pro" in name), messages=[])
client.converse(modelId=[each["id"] for each in [{"id": "meta.llama3-8b-instruct-v1:0", "on": True}] if each["on"]][0], messages=[])


def by(size):
    return client.converse(modelId=ORDER[size], messages=[])


def by_name(name):
    return client.converse(modelId=CATALOG[name], messages=[])


for model in ORDER:
    client.converse(modelId=model, messages=[])
