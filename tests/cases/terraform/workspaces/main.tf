locals {
  models = {
    dev  = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    prod = "us.anthropic.claude-opus-4-1-20250805-v1:0"
  }
  # every workspace but dev falls through to the dear one
  looked_up = lookup(local.models, terraform.workspace, local.models["prod"])
  is_prod   = terraform.workspace == "prod"
}

resource "aws_bedrockagent_agent" "looked_up" {
  foundation_model = local.looked_up
}

resource "aws_bedrockagent_agent" "indexed" {
  foundation_model = local.models[terraform.workspace]
}

resource "aws_bedrockagent_agent" "compared" {
  foundation_model = local.is_prod ? "amazon.nova-pro-v1:0" : "amazon.nova-micro-v1:0"
}

resource "aws_bedrockagent_agent" "same_everywhere" {
  foundation_model = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "prod_only" {
  count            = terraform.workspace == "prod" ? 1 : 0
  foundation_model = "amazon.nova-premier-v1:0"
}
