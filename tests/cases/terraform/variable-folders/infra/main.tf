variable "model" {}
variable "environment" {}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = var.model
  tags             = { Environment = var.environment }
}
