import boto3


class Llm:
    """Called from two places, once with the default."""

    def __init__(self, model_id="anthropic.claude-3-haiku-20240307-v1:0"):
        self.model_id = model_id
        self.client = boto3.client("bedrock-runtime")

    def ask(self, text):
        return self.client.converse(modelId=self.model_id, messages=[text])
