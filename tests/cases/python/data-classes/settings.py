import os
from dataclasses import dataclass, field

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass
class Options:
    model: str = "amazon.nova-micro-v1:0"
    judge: str = field(default_factory=lambda: "us.amazon.nova-premier-v1:0")
    scoped: str = ""

    def __post_init__(self):
        self.scoped = f"eu.{self.model}"


class Request(BaseModel):
    model_id: str = Field(default="amazon.nova-lite-v1:0", description="the model")
    embedding: str = Field("amazon.titan-embed-text-v2:0", alias="embeddingModel")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env")
    chat_model: str = "amazon.nova-pro-v1:0"
    draft_model: str = Field(default=os.getenv("DRAFT", "us.amazon.nova-lite-v1:0"))
    review_model: str
