import boto3
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    answer: str = Field(default="amazon.nova-premier-v1:0", validation_alias=AliasChoices("APP_ANSWER", "ANSWER_MODEL"))
    review: str = Field("amazon.nova-premier-v1:0", validation_alias="REVIEW_MODEL_ID")
    draft_model_id: str = "amazon.nova-premier-v1:0"
    embedding: str = Field("cohere.embed-v4:0", env=["EMBEDDING", "EMBEDDING_MODEL"])
    judge: str = Field("us.amazon.nova-premier-v1:0", validation_alias=AliasChoices("JUDGE_MODEL", "JUDGE"))


client = boto3.client("bedrock-runtime")


def answer(event, context):
    settings = Settings()
    client.invoke_model(modelId=settings.embedding, body="{}")
    for model in (settings.draft_model_id, settings.review, settings.judge):
        client.converse(modelId=model, messages=event["messages"])
    return client.converse(modelId=settings.answer, messages=event["messages"])
