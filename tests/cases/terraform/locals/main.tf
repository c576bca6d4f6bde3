locals {
  provider_name = "anthropic"
  generation    = "3-5"
  model         = "${local.provider_name}.claude-${local.generation}-sonnet-20240620-v1:0"
  models = {
    fast  = "amazon.nova-micro-v1:0"
    smart = local.model
  }
  chosen = local.models["smart"]
}

resource "aws_bedrockagent_agent" "fast" {
  foundation_model = local.models.fast
}

resource "aws_bedrockagent_agent" "smart" {
  foundation_model = local.chosen
}
