import json
import os

import boto3

client = boto3.client("bedrock-runtime")
settings = json.loads(os.environ["SETTINGS"])


def handler(event, context):
    client.invoke_model(modelId=settings["models"]["embed"], body="{}")
    return client.converse(modelId=os.environ["MODEL_ID"], messages=event["messages"])
