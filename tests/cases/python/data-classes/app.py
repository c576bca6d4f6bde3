import boto3
from dotenv import load_dotenv
from settings import Options, Request, Settings

load_dotenv()
client = boto3.client("bedrock-runtime")
client.converse(modelId=Options().model, messages=[])
client.converse(modelId=Options(model="us.amazon.nova-micro-v1:0").scoped, messages=[])
client.converse(modelId=Options("x", "us.amazon.nova-pro-v1:0").judge, messages=[])
client.converse(modelId=Options().judge, messages=[])
client.converse(modelId=Request().model_id, messages=[])
client.invoke_model(modelId=Request(embeddingModel="cohere.embed-english-v3").embedding, body="{}")

settings = Settings()
client.converse(modelId=settings.chat_model, messages=[])
client.converse(modelId=settings.draft_model, messages=[])
client.converse(modelId=settings.review_model, messages=[])


def ask(options: Options):
    return client.converse(modelId=options.model, messages=[])
