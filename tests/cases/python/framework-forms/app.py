import os

from langchain.chat_models import init_chat_model
from langchain_aws import ChatBedrockConverse
from litellm import completion
from pydantic_ai import Agent
from pydantic_ai.models.bedrock import BedrockModelSettings

PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k2j4h6g8f0d1"
tracing = ChatBedrockConverse(model=PROFILE, base_model="amazon.nova-pro-v1:0", tags=["prod"], metadata={"env": "prod"})
writer = Agent("bedrock:amazon.nova-lite-v1:0", model_settings=BedrockModelSettings(bedrock_inference_profile=os.environ["AIP_ARN"]))
completion(model="amazon.nova-micro-v1:0", messages=[])
completion(model="bedrock/eu-central-1/anthropic.claude-v2:1", messages=[])
completion(model="bedrock/converse/us.amazon.nova-lite-v1:0", messages=[])
completion(model="anthropic/claude-sonnet-4-5", messages=[])
completion(model="gpt-4o", messages=[])
init_chat_model("amazon.nova-pro-v1:0", model_provider="bedrock_converse")
