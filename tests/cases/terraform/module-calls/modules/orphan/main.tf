variable "model" {}

resource "aws_bedrockagent_agent" "nobody_calls_this" {
  foundation_model = var.model
}
