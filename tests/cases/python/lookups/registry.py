"""A registry of objects that a loop fills: one object a turn, looked for in what the turns before have left."""

from dataclasses import dataclass

import boto3

client = boto3.client("bedrock-runtime")
IDS = {
    "lite": "amazon.nova-lite-v1:0",
    "micro": "amazon.nova-micro-v1:0",
    "pro": "amazon.nova-pro-v1:0",
    "premier": "amazon.nova-premier-v1:0",
}


@dataclass
class Spec:
    key: str
    model_id: str


class Catalog:
    def __init__(self):
        self.models = {}
        self.by_id = {}
        for key, model_id in IDS.items():
            spec = Spec(key=str(key), model_id=str(model_id))
            if spec.model_id in self.by_id:
                raise ValueError(spec.model_id)
            self.models[spec.key] = spec
            self.by_id[spec.model_id] = spec


catalog = Catalog()
client.converse(modelId=catalog.models["micro"].model_id, messages=[])
client.converse(modelId=catalog.by_id["amazon.nova-premier-v1:0"].model_id, messages=[])
