variable "model" {}

resource "aws_bedrockagent_agent" "this" {
  foundation_model = var.model
}
