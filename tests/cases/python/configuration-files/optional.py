import json
from pathlib import Path

import boto3
import typer

client = boto3.client("bedrock-runtime")


def judge(config):
    return client.converse(modelId=config["model"], messages=[])


def main(path: str = typer.Option(None, "--config")):
    if not path:
        return judge({"model": "amazon.nova-lite-v1:0"})
    with open(Path(path)) as file:
        config = json.load(file)
    return judge(config)


typer.run(main)
