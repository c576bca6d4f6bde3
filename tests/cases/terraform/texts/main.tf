variable "geography" {
  default = "us"
}

variable "region" {
  type = string
}

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

resource "aws_bedrockagent_agent" "prefix_by_default" {
  foundation_model = "${var.geography}.amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "prefix_not_told" {
  foundation_model = "${var.region}.amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "account_not_told" {
  foundation_model = "arn:${data.aws_partition.current.partition}:bedrock:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
}

resource "aws_bedrockagent_agent" "directives" {
  foundation_model = "amazon.nova-%{ if var.geography == "us" }lite%{ else }micro%{ endif }-v1:0"
}

resource "aws_bedrockagent_agent" "repeated" {
  foundation_model = "amazon%{ for part in [".nova", "-pro", "-v1:0"] ~}
    ${part}
  %{~ endfor }"
}

resource "aws_bedrockagent_agent" "heredoc" {
  foundation_model = trimspace(<<-EOT
    amazon.nova-premier-v1:0
  EOT
  )
}

resource "aws_bedrockagent_agent" "escaped" {
  foundation_model = "amazon.nova-\u006cite-v1:0"
}
