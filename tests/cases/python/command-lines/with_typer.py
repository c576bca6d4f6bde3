from typing import Annotated

import boto3
import typer

app = typer.Typer()
client = boto3.client("bedrock-runtime")


@app.command()
def ask(
    prompt: str,
    model: str = typer.Option("amazon.nova-pro-v1:0", "--model"),
    judge: Annotated[str, typer.Option("--judge")] = "us.amazon.nova-premier-v1:0",
):
    client.converse(modelId=model, messages=[prompt])
    client.converse(modelId=judge, messages=[prompt])
