module "b" {
  source = "../b"
  model  = "amazon.nova-pro-v1:0"
}

variable "model" {
  default = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "ring" {
  foundation_model = var.model
}
