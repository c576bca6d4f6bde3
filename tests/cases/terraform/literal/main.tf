resource "aws_bedrockagent_agent" "support" {
  agent_name       = "support"
  foundation_model = "anthropic.claude-3-haiku-20240307-v1:0"
}

resource "aws_bedrock_provisioned_model_throughput" "café" {
  provisioned_model_name = "café" # the columns after this name count letters, not bytes
  model_arn              = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"
  model_units            = 1
}
