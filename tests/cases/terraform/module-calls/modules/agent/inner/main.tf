variable "model" {
  type     = string
  nullable = false
  default  = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "this" {
  foundation_model = var.model
}
