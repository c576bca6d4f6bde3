variable "agent_model" {}
variable "shared_model" {}
variable "open_model" {}

resource "aws_bedrockagent_agent" "app" {
  agent_name       = "app"
  foundation_model = var.agent_model
}

resource "aws_bedrockagent_agent" "shared" {
  agent_name       = "shared"
  foundation_model = var.shared_model
}

resource "aws_bedrockagent_agent" "open" {
  agent_name       = "open"
  foundation_model = var.open_model
}
