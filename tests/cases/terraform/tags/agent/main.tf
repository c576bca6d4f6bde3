variable "tags" {
  default = {}
}

resource "aws_bedrockagent_agent" "this" {
  foundation_model = "amazon.nova-pro-v1:0"
  tags             = var.tags
}
