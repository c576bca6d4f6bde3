"""What a class fills in of an object that it holds."""

import boto3

client = boto3.client("bedrock-runtime")


class Config:
    def __init__(self, model=None):
        self.model = model


class Embedder:
    def __init__(self, config=None):
        self.config = config or Config()
        self.config.model = self.config.model or "amazon.titan-embed-text-v2:0"

    def embed(self, text):
        return client.invoke_model(modelId=self.config.model, body=text)
