"""What operators may set."""

import os
from dataclasses import dataclass

DEFAULT_MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"


@dataclass(frozen=True)
class Settings:
    """The settings of one process."""

    region: str
    model_id: str
    stage: str
    most_tokens: int = 600


def load() -> Settings:
    """The settings as the environment gives them."""
    return Settings(
        region=os.environ.get("AWS_REGION", "us-east-1"),
        model_id=os.getenv("ANSWERS_MODEL_ID", DEFAULT_MODEL),
        stage=os.environ.get("STAGE", "dev"),
    )
