import functools

import boto3
from tenacity import retry

client = boto3.client("bedrock-runtime")


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(function.__name__)
        return function(*args, **kwargs)

    return wrapper


def in_europe(function):
    @functools.wraps(function)
    def wrapper(prompt, model):
        return function(prompt, f"eu.{model}")

    return wrapper


def always(model):
    def decorate(function):
        def wrapper(*args, **kwargs):
            kwargs["model"] = model
            return function(*args, **kwargs)

        return wrapper

    return decorate


@retry
def from_outside(prompt, model):
    return client.converse(modelId=model, messages=[prompt])


@logged
def handed_on(prompt, model):
    return client.converse(modelId=model, messages=[prompt])


@in_europe
def changed(prompt, model):
    return client.converse(modelId=model, messages=[prompt])


@logged
@always("us.amazon.nova-premier-v1:0")
def replaced(prompt, model):
    return client.converse(modelId=model, messages=[prompt])


from_outside("a", "amazon.nova-micro-v1:0")
handed_on("a", "amazon.nova-lite-v1:0")
changed("a", "amazon.nova-pro-v1:0")
replaced("a")
