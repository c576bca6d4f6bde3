"""Handlers of web requests: what a request may leave out has a default, and what the framework injects is made by the code."""

from functools import lru_cache
from typing import Annotated

import boto3
import flask
import requests
from fastapi import Depends, FastAPI, Request
from flask import request, session
from pydantic import BaseModel
from pydantic_settings import BaseSettings

DEFAULT = "amazon.nova-lite-v1:0"
app = FastAPI()
client = boto3.client("bedrock-runtime")


class Settings(BaseSettings):
    model_id: str = "amazon.nova-pro-v1:0"


@lru_cache
def get_settings() -> Settings:
    return Settings()


def get_model(settings: Settings = Depends(get_settings)) -> str:
    yield settings.model_id


class Chat:
    def __init__(self, settings: Settings = Depends(get_settings)):
        self.model_id = settings.model_id


@app.post("/injected")
def injected(settings: Settings = Depends(get_settings)):
    return client.converse(modelId=settings.model_id, messages=[])


@app.post("/annotated")
def annotated(settings: Annotated[Settings, Depends(get_settings)]):
    return client.converse(modelId=settings.model_id, messages=[])


@app.post("/yielded")
def yielded(model: str = Depends(get_model)):
    return client.converse(modelId=model, messages=[])


@app.post("/made")
def made(chat: Chat = Depends(Chat)):
    return client.converse(modelId=chat.model_id, messages=[])


@app.post("/asked")
async def asked(request: Request):
    body = await request.json()
    return client.converse(modelId=body.get("model", DEFAULT), messages=[])


@flask.Blueprint("chat", __name__).route("/chat")
def chat():
    data = flask.request.get_json()
    client.converse(modelId=data.get("model", DEFAULT), messages=[])
    client.converse(modelId=request.json.get("options", {}).get("model", DEFAULT), messages=[])
    client.converse(modelId=session.get("model"), messages=[])
    return client.converse(modelId=requests.get("https://example.com/model", DEFAULT).text, messages=[])


class Options(BaseModel):
    model_id: str = "amazon.nova-micro-v1:0"


class Ask(BaseModel):
    prompt: str
    model_id: str | None = None
    options: Options


def answer(prompt: str, model_id: str | None = None):
    return client.converse(modelId=model_id or DEFAULT, messages=[prompt])


@app.post("/body")
def body(ask: Ask):
    answer(ask.prompt, ask.model_id)
    return client.converse(modelId=ask.options.model_id, messages=[])
