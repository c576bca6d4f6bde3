import functools
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import boto3

client = boto3.client("bedrock-runtime")


def ask(prompt, model):
    return client.converse(modelId=model, messages=[prompt])


def judge(model):
    return client.converse(modelId=model, messages=[])


later = functools.partial(ask, model="amazon.nova-micro-v1:0")
later("a")
with ThreadPoolExecutor() as pool:
    pool.submit(ask, "a", "amazon.nova-lite-v1:0")
    pool.map(judge, ["amazon.nova-pro-v1:0", "us.amazon.nova-premier-v1:0"])
Thread(target=judge, kwargs={"model": "us.amazon.nova-lite-v1:0"}).start()
quick = lambda model: client.converse(modelId=model, messages=[])
quick("us.amazon.nova-micro-v1:0")
functools.partial(client.converse, modelId="us.amazon.nova-pro-v1:0")(messages=[])
