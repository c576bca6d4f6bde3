from aws_cdk import Arn, ArnComponents, Aws, CfnParameter, Fn, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_bedrock_alpha as alpha
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm


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


class Permissions(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        stored = ssm.StringParameter(self, "Stored", parameter_name="/app/model", string_value="amazon.nova-pro-v1:0")
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel"],
            resources=[
                # Whatever the stack's own account and region are, the model is told.
                self.format_arn(service="bedrock", account="", resource="foundation-model", resource_name="amazon.nova-micro-v1:0"),
                Arn.format(ArnComponents(service="bedrock", resource="inference-profile", resource_name="eu.amazon.nova-pro-v1:0"), self),
                Fn.sub("arn:aws:bedrock:${AWS::Region}::foundation-model/amazon.nova-lite-v1:0"),
                Fn.join("", ["arn:aws:bedrock:", Aws.REGION, "::foundation-model/", "cohere.embed-english-v3"]),
                f"arn:aws:bedrock:{self.region}::foundation-model/{stored.string_value}",
            ],
        )
        bedrock.CfnAgent(self, "Stored", agent_name="s", foundation_model=stored.string_value)
        # Another stack has stored this one.
        elsewhere = ssm.StringParameter.value_for_string_parameter(self, "/other/model")
        bedrock.CfnAgent(self, "Elsewhere", agent_name="e", foundation_model=elsewhere)
        # The file of what was looked up is context too, below cdk.json.
        bedrock.CfnAgent(self, "Kept", agent_name="k", foundation_model=self.node.try_get_context("kept_model"))
