variable "build_model" {}
variable "container_model" {}

resource "aws_bedrockagent_agent" "build" {
  agent_name       = "build"
  foundation_model = var.build_model
}

resource "aws_bedrockagent_agent" "container" {
  agent_name       = "container"
  foundation_model = var.container_model
}
