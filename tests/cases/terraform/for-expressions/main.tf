variable "teams" {
  default = {
    legal   = { tier = "premium", enabled = true }
    support = { tier = "economy", enabled = true }
    closed  = { tier = "premium", enabled = false }
  }
}

locals {
  by_tier = {
    premium = "us.anthropic.claude-opus-4-1-20250805-v1:0"
    economy = "us.amazon.nova-micro-v1:0"
  }
  models = { for name, team in var.teams : name => local.by_tier[team.tier] if team.enabled }
  names  = [for model in values(local.models) : model]
  sizes  = [for size in ["lite", "pro"] : "amazon.nova-${size}-v1:0"]
  keyed  = { for index, size in local.sizes : "m${index}" => size }
}

resource "aws_bedrockagent_agent" "team" {
  for_each         = local.models
  foundation_model = each.value
}

resource "aws_bedrockagent_agent" "second" {
  foundation_model = local.keyed["m1"]
}

resource "aws_bedrockagent_agent" "splatted" {
  foundation_model = element([{ id = "amazon.nova-lite-v1:0" }, { id = "amazon.nova-pro-v1:0" }][*].id, 1)
}

resource "aws_bedrockagent_agent" "of_every_agent" {
  foundation_model = one(distinct([for agent in aws_bedrockagent_agent.team : agent.foundation_model if agent.foundation_model == local.by_tier.premium]))
}
