from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_bedrock_alpha as alpha
from aws_cdk import aws_iam as iam


class Agents(Stack):
    def __init__(self, scope, construct_id, model_id):
        super().__init__(scope, construct_id)
        chosen = CfnParameter(self, "AgentModel", type="String", default="amazon.nova-lite-v1:0")
        open_parameter = CfnParameter(self, "OpenModel", type="String")

        # The default of a template parameter, in an agent and in what its role may invoke.
        bedrock.CfnAgent(self, "Default", agent_name="d", foundation_model=chosen.value_as_string)
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"],
            resources=[f"arn:aws:bedrock:{self.region}::foundation-model/{chosen.value_as_string}"],
        )
        # A parameter without a default is asked for when the stack is deployed.
        bedrock.CfnAgent(self, "Open", agent_name="o", foundation_model=open_parameter.value_as_string)
        # What cdk.json says, taken by the app and by the stack, and one level down.
        bedrock.CfnAgent(self, "Passed", agent_name="p", foundation_model=model_id)
        settings = self.node.try_get_context("dev")
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"],
            resources=[f"arn:aws:bedrock:*::foundation-model/{settings['embedding']}"],
        )
        # The command line alone says this one, or the fallback holds.
        bedrock.CfnAgent(
            self, "Absent", agent_name="a", foundation_model=self.node.try_get_context("absent") or "amazon.nova-micro-v1:0"
        )
        # A model of the CDK is asked for its identifier.
        parsing = alpha.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0
        bedrock.CfnAgent(self, "Arn", agent_name="n", foundation_model=parsing.as_arn())
        bedrock.CfnAgent(self, "Id", agent_name="i", foundation_model=parsing.model_id)
        bedrock.CfnAgent(self, "Model", agent_name="m", foundation_model=parsing.as_i_model(self).model_arn)
