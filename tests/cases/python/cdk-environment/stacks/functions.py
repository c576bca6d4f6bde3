"""The functions of the application; the stack that makes them adds to their variables."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

COMMON = {"runtime": lambda_.Runtime.PYTHON_3_13, "environment": {"EMBEDDING_MODEL_ID": "amazon.titan-embed-text-v2:0"}}


class Functions(Construct):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.answer = lambda_.Function(
            self, "Answer", handler="index.handler", code=lambda_.Code.from_asset("./functions/answer"), **COMMON
        )
        self.title = lambda_.Function(
            self, "Title", handler="index.handler", code=lambda_.Code.from_asset("functions/title"), **COMMON
        )
