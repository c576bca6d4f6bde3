data "aws_region" "current" {}

resource "aws_bedrockagent_agent" "this" {
  agent_name              = "agent"
  agent_resource_role_arn = "arn:aws:iam::123456789012:role/agent"
  foundation_model        = data.aws_region.current.id == "ap-northeast-1" ? "apac.amazon.nova-micro-v1:0" : "${split("-", data.aws_region.current.id)[0]}.amazon.nova-micro-v1:0"
}
