from aws_cdk import Stack, Tags
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_bedrock_alpha as alpha


class Agents(Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        profile = alpha.CrossRegionInferenceProfile.from_config(
            geo_region=alpha.CrossRegionInferenceProfileRegion.EU,
            model=alpha.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0,
        )
        alpha.Agent(self, "Support", foundation_model=profile, instruction="...")
        bedrock.CfnAgent(self, "Plain", agent_name="p", foundation_model="amazon.nova-lite-v1:0", tags={"team": "search"})
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel*"],
            resources=["arn:aws:bedrock:*::foundation-model/anthropic.claude-*", f"arn:aws:s3:::{name}/*"],
        )
        Tags.of(self).add("Environment", self.node.try_get_context("env"))
