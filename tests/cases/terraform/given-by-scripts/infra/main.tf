variable "model" {}

variable "summary_model" {
  default = "amazon.titan-text-lite-v1"
}

variable "shared_model" {}

resource "aws_bedrockagent_agent" "support" {
  agent_name       = "support"
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "summary" {
  agent_name       = "summary"
  foundation_model = var.summary_model
}

resource "aws_bedrockagent_agent" "shared" {
  agent_name       = "shared"
  foundation_model = var.shared_model
}
