locals {
  a = local.b
  b = local.c
  c = "${local.a}"
}

resource "aws_bedrockagent_agent" "cycle" {
  foundation_model = local.a
}

resource "aws_bedrockagent_agent" "refers_to_itself" {
  foundation_model = aws_bedrockagent_agent.refers_to_itself.foundation_model
}
