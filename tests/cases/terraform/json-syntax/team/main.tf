variable "model" {}

resource "aws_bedrockagent_agent" "team" {
  foundation_model = var.model
}
