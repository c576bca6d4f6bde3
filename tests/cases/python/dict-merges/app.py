import boto3

client = boto3.client("bedrock-runtime")
DEFAULTS = {"modelId": "amazon.nova-micro-v1:0", "inferenceConfig": {"maxTokens": 200}}
OVERRIDES = {"modelId": "amazon.nova-pro-v1:0"}

client.converse(**DEFAULTS, messages=[])
client.converse(**(DEFAULTS | OVERRIDES), messages=[])
client.converse(**{**OVERRIDES, **DEFAULTS}, messages=[])

request = dict(DEFAULTS, messages=[])
request["modelId"] = "amazon.nova-lite-v1:0"
client.converse(**request)

request.pop("modelId")
request.setdefault("modelId", "us.amazon.nova-premier-v1:0")
client.converse(**request)


def prepare(request):
    request["modelId"] = "us.amazon.nova-pro-v1:0"


prepare(request)
client.converse(**request)


def ask(prompt, **options):
    return client.converse(**{**DEFAULTS, **options}, messages=[prompt])


ask("a")
ask("b", modelId="us.amazon.nova-lite-v1:0")


def outer(**options):
    return inner(messages=[], **options)


def inner(**options):
    return client.converse(**options)


outer(modelId="eu.amazon.nova-micro-v1:0")
