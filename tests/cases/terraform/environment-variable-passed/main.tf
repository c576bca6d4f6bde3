variable "models" {
  type = map(string)
  default = {
    dev  = "amazon.nova-micro-v1:0"
    prod = "amazon.nova-premier-v1:0"
  }
}

variable "environment" {
  type = string
}

resource "aws_bedrockagent_agent" "by_key" {
  foundation_model = var.models[var.environment]
}
