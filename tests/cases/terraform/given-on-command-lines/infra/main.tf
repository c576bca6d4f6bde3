variable "model" {
  type    = string
  default = "amazon.titan-text-express-v1"
}

variable "models" {
  type    = list(string)
  default = []
}

variable "stage" {
  type = string
}

resource "aws_bedrockagent_agent" "one" {
  agent_name       = "one-${var.stage}"
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "several" {
  for_each         = toset(var.models)
  agent_name       = "several"
  foundation_model = each.value
}
