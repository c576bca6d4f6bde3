from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam


class Batch(Stack):
    def __init__(self, scope, name, role, **kwargs):
        super().__init__(scope, name, **kwargs)
        # Each ARN of a list is told where it is written, once for all statements that share it.
        models = [
            f"arn:aws:bedrock:{Aws.REGION}:{Aws.ACCOUNT_ID}:inference-profile/us.amazon.nova-pro-v1:0",
            "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0",
        ]
        role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=models))
        role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModelWithResponseStream"], resources=models))
        # What is added later stands elsewhere: such a list is told where it is used.
        grown = ["arn:aws:bedrock:*::foundation-model/amazon.nova-micro-v1:0"]
        if name:
            grown.append("arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0")
        role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=grown))
