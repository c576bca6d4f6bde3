import json
import os
import tomllib
from pathlib import Path

import boto3
import yaml
from dynaconf import Dynaconf

HERE = Path(__file__).parent
client = boto3.client("bedrock-runtime")


def load(path):
    with open(path) as file:
        return yaml.safe_load(file)


config = load(HERE / "conf" / "models.yaml")
client.converse(modelId=config["chat"]["model"], messages=[])
client.converse(modelId=[each for each in config["models"] if each["name"] == "draft"][0]["id"], messages=[])

with open(os.path.join(os.path.dirname(__file__), "conf/models.json")) as file:
    client.converse(modelId=json.load(file)["judge"], messages=[])

limits = tomllib.loads((HERE / "conf/models.toml").read_text())
client.converse(modelId=limits["bedrock"]["model"], messages=[])

settings = Dynaconf(environments=True, settings_files=["conf/settings.toml"])
client.converse(modelId=settings.review_model, messages=[])

with open("conf/missing.yaml") as file:
    client.converse(modelId=yaml.safe_load(file)["model"], messages=[])
