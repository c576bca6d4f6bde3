variable "model" {
  default = "amazon.titan-text-express-v1" # dead: every caller passes one
}

variable "fallback" {
  default = "amazon.nova-micro-v1:0"
}

module "inner" {
  source = "./inner"
  model  = var.model
}

resource "aws_bedrockagent_agent" "fallback" {
  foundation_model = var.fallback
}
