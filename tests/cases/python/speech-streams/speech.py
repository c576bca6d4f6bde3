"""The generated SDK: its classes are imported from wherever one finds them."""

import os

import aws_sdk_bedrock_runtime.client as sdk
from aws_sdk_bedrock_runtime.client import BedrockRuntimeClient, InvokeModelWithBidirectionalStreamOperationInput
from aws_sdk_bedrock_runtime.config import Config
from aws_sdk_bedrock_runtime.models import ConverseInput

SPEECH_MODEL = os.getenv("SPEECH_MODEL", "amazon.nova-2-sonic-v1:0")


class Session:
    def __init__(self, model_id="amazon.nova-sonic-v1:0", region="us-east-1"):
        self.model_id = model_id
        self.client = BedrockRuntimeClient(config=Config(region=region))

    async def open(self):
        return await self.client.invoke_model_with_bidirectional_stream(
            InvokeModelWithBidirectionalStreamOperationInput(model_id=self.model_id)
        )


async def talk():
    session = Session(model_id=SPEECH_MODEL)
    await session.open()
    await session.client.invoke_model_with_bidirectional_stream(
        sdk.InvokeModelWithBidirectionalStreamOperationInput(model_id="amazon.nova-2-sonic-v1:0")
    )
    return await session.client.converse(ConverseInput(model_id="amazon.nova-lite-v1:0", messages=[]))
