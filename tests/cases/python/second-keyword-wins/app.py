import os

from langchain_aws import ChatBedrockConverse
from litellm import completion
from llama_index.llms.bedrock_converse import BedrockConverse

PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k2j4h6g8f0d1"

chat = ChatBedrockConverse(model=PROFILE, base_model="anthropic.claude-sonnet-4-5-20250929-v1:0", tags=["prod"])
llm = BedrockConverse("anthropic.claude-3-5-sonnet-20241022-v2:0", 0.1, 1024, application_inference_profile_arn=PROFILE)
completion(model="bedrock/converse/us.amazon.nova-lite-v1:0", model_id=os.environ["PROFILE_ARN"], messages=[])
completion(model="bedrock/eu-central-1/anthropic.claude-v2:1", messages=[])
completion(model="anthropic/claude-sonnet-4-5", messages=[])
