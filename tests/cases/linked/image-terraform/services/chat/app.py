import os

import boto3

boto3.client("bedrock-runtime").converse(modelId=os.environ["CHAT_MODEL"], messages=[])
