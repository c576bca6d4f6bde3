# Nothing says where this is applied: either model, and the geography stays open.
data "aws_region" "current" {}

resource "aws_bedrockagent_agent" "this" {
  agent_name              = "agent"
  agent_resource_role_arn = "arn:aws:iam::123456789012:role/agent"
  foundation_model        = data.aws_region.current.name == "eu-west-1" ? "eu.amazon.nova-lite-v1:0" : "us.amazon.nova-lite-v1:0"
}
