# Nothing here speaks of a model: the workflow's matrix does.
variable "chat_model" {}

variable "secret_model" {
  default = "amazon.nova-micro-v1:0"
}

resource "aws_bedrockagent_agent" "chat" {
  agent_name       = "chat"
  foundation_model = var.chat_model
}

resource "aws_bedrockagent_agent" "secret" {
  agent_name       = "secret"
  foundation_model = var.secret_model
}
