from anthropic import Anthropic, AnthropicBedrock
from openai import OpenAI

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
first_party, bedrock = Anthropic(), AnthropicBedrock(aws_region="eu-west-1")
first_party.messages.create(model=MODEL, max_tokens=400, messages=[])
bedrock.messages.create(model=MODEL, max_tokens=400, messages=[])

mantle = OpenAI(base_url="https://bedrock-mantle.us-east-1.api.aws/v1", project="proj_abc123")
mantle.responses.create(model="openai.gpt-oss-120b", input="hi", max_output_tokens=300)
OpenAI().responses.create(model="openai.gpt-oss-120b", input="hi")
