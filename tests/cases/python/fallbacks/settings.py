import os

DEFAULT_MODEL = os.getenv("MODEL", "amazon.nova-lite-v1:0")
SUPPORTED_MODELS = ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-micro-v1:0"]
PRICES = {"amazon.nova-pro-v1:0": 0.8, "amazon.nova-micro-v1:0": 0.04}
PIPELINE = {"extraction": {"model": "amazon.nova-pro-v1:0", "temperature": 0}}


def judge(answers, model_id="anthropic.claude-3-haiku-20240307-v1:0"):
    return send(answers, model_id)
