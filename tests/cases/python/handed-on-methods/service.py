"""A method of the client is passed on, uncalled, with the arguments it is to be called with."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import boto3
from starlette.concurrency import run_in_threadpool

runtime = boto3.client("bedrock-runtime")
pool = ThreadPoolExecutor()


async def in_a_thread():
    request = {"modelId": "amazon.nova-lite-v1:0", "messages": []}
    return await run_in_threadpool(runtime.converse, **request)


async def by_the_loop(body):
    call = partial(runtime.invoke_model, modelId="amazon.nova-micro-v1:0", body=body)
    return await asyncio.get_running_loop().run_in_executor(None, call)


def retried(call, *, attempts=2, **request):
    for _ in range(attempts):
        return call(**request)


def by_a_retry():
    return retried(runtime.converse, modelId="us.amazon.nova-pro-v1:0", messages=[])


def with_a_deadline(given, **request):
    return pool.submit(given.converse, **request).result(30)


def by_a_wrapper(given, model):
    return with_a_deadline(given, modelId=model, messages=[])


by_a_wrapper(runtime, "us.amazon.nova-premier-v1:0")


def not_a_call(registry, given):
    registry.append(given.converse)
    registry.register("converse", given.converse, retries=3)
