"""Asks the model, and asks again where it is busy."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from answers.prompts import SYSTEM, question_prompt
from answers.retries import with_retries
from answers.settings import Settings

SUMMARY_MODEL = "us.amazon.nova-2-lite-v1:0"


class Assistant:
    """Answers one question at a time."""

    def __init__(self, settings: Settings, client=None):
        self._settings = settings
        self._client = client or boto3.client(
            "bedrock-runtime", region_name=settings.region, config=Config(read_timeout=60, retries={"max_attempts": 1})
        )

    def answer(self, question, orders):
        """The answer as text; what went wrong is raised once no retry is left."""
        messages = [{"role": "user", "content": [{"text": question_prompt(question, orders)}]}]

        def ask():
            return self._client.converse(
                modelId=self._settings.model_id,
                system=[{"text": SYSTEM}],
                messages=messages,
                inferenceConfig={"maxTokens": self._settings.most_tokens, "temperature": 0.2},
            )

        response = with_retries(ask, ClientError)
        return "".join(block.get("text", "") for block in response["output"]["message"]["content"])

    def summary(self, conversation):
        """What a conversation came to, in two sentences."""
        body = {"messages": conversation, "inferenceConfig": {"maxTokens": 120}}
        response = self._client.invoke_model(modelId=SUMMARY_MODEL, body=json.dumps(body))
        return json.loads(response["body"].read())["output"]["message"]["content"][0]["text"]
