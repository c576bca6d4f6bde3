import boto3
from models import Embedding, Text

client = boto3.client("bedrock-runtime")
client.converse(modelId=Text.LARGE.value, messages=[])
client.converse(modelId=Text["SMALL"].value, messages=[])
client.converse(modelId=Text.SMALL.scoped, messages=[])
client.converse(modelId=Text.default().value, messages=[])
client.invoke_model(modelId=Embedding.TITAN, body="{}")
client.invoke_model(modelId=f"{Embedding.TITAN}", body="{}")
client.converse(modelId=f"{Text.SMALL}", messages=[])
client.converse(modelId=Text.SMALL.region, messages=[])


def ask(kind: Text):
    return client.converse(modelId=kind.value, messages=[])


ask(Text.LARGE)
for kind in Text:
    client.converse(modelId=kind.value, messages=[])
