variable "model" {
  type = string
}

variable "owner" {
  type    = string
  default = null
}

resource "aws_bedrockagent_agent" "this" {
  agent_name       = "agent"
  foundation_model = var.model
  tags             = { owner = var.owner }
}
