import boto3
import click

client = boto3.client("bedrock-runtime")


@click.group()
def main():
    """Asks a model."""


@main.command()
@click.option("--model", "-m", default="amazon.nova-lite-v1:0", show_default=True)
@click.option("--judge", "judge_model", envvar="JUDGE", default="us.amazon.nova-pro-v1:0")
@click.argument("prompt")
def ask(prompt, model, judge_model):
    client.converse(modelId=model, messages=[prompt])
    client.converse(modelId=judge_model, messages=[prompt])
