import os

import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId=os.environ["PROFILE_ARN"], messages=[])
