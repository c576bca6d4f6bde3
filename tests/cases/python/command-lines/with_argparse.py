import argparse

import boto3


def read():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model-id", default="amazon.nova-micro-v1:0")
    parser.add_argument("-j", "--judge", dest="judge_model", type=str, default="us.amazon.nova-premier-v1:0")
    parser.add_argument("--other", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    args = read()
    client = boto3.client("bedrock-runtime")
    client.converse(modelId=args.model_id, messages=[])
    client.converse(modelId=args.judge_model, messages=[])
    client.converse(modelId=args.other, messages=[])
