from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_


class AskStack(Stack):
    def __init__(self, scope, construct_id, *, model_id="us.amazon.nova-pro-v1:0", **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        lambda_.Function(
            self,
            "Ask",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_asset("functions/ask"),
            environment={"MODEL_ID": model_id},
        )
