"""Objects that pydantic makes from data: a field has what the data say, else its default."""

import json

import boto3
from pydantic import BaseModel

client = boto3.client("bedrock-runtime")


class Job(BaseModel):
    model_id: str
    judge: str = "amazon.nova-micro-v1:0"


class Own(BaseModel):
    model_id: str = "amazon.nova-premier-v1:0"

    @classmethod
    def parse_obj(cls, data):
        return cls(model_id="amazon.nova-pro-v1:0")


def handler(event, context):
    job = Job.model_validate(event["job"])
    client.converse(modelId=job.model_id, messages=[])
    client.converse(modelId=job.judge, messages=[])


def told():
    job = Job.parse_obj({"model_id": "amazon.nova-lite-v1:0"})
    client.converse(modelId=job.model_id, messages=[])
    client.converse(modelId=job.judge, messages=[])
    client.converse(modelId=Job.model_validate(json.load(open("job.json"))).model_id, messages=[])


def read(text):
    client.converse(modelId=Job.model_validate_json(text).judge, messages=[])
    client.converse(modelId=Own.parse_obj({}).model_id, messages=[])
