variable "agents" {
  default = {
    triage = "amazon.nova-micro-v1:0"
    legal  = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  }
}

variable "off_by_default" {
  default = false
}

variable "extra" {
  default = {}
}

variable "unknown_set" {}

locals {
  ranked = ["amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0"]
}

resource "aws_bedrockagent_agent" "each_map" {
  for_each         = var.agents
  foundation_model = each.value
}

resource "aws_bedrockagent_agent" "each_set" {
  for_each         = toset(["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"])
  foundation_model = each.value
}

resource "aws_bedrockagent_agent" "counted" {
  count            = length(local.ranked)
  foundation_model = local.ranked[count.index]
}

resource "aws_bedrockagent_agent" "switched_off" {
  count            = var.off_by_default ? 1 : 0
  foundation_model = "amazon.nova-premier-v1:0"
}

resource "aws_bedrockagent_agent" "nothing_to_run_over" {
  for_each         = var.extra
  foundation_model = each.value.model
}

resource "aws_bedrockagent_agent" "not_told" {
  for_each         = var.unknown_set
  foundation_model = each.value
}

resource "aws_bedrockagent_prompt" "variants" {
  name = "answers"
  dynamic "variant" {
    for_each = var.agents
    iterator = kind
    content {
      name     = kind.key
      model_id = kind.value
    }
  }
}

resource "aws_bedrockagent_agent" "one_of_them" {
  foundation_model = aws_bedrockagent_agent.each_map["triage"].foundation_model
}

variable "bought" {
  default = {}
}

resource "aws_bedrockagent_agent_alias" "each_agent" {
  for_each         = aws_bedrockagent_agent.each_map
  agent_alias_name = each.key
  agent_id         = each.value.agent_id
  dynamic "routing_configuration" {
    for_each = contains(keys(var.bought), each.key) ? [true] : []
    content {
      agent_version          = each.value.agent_version
      provisioned_throughput = var.bought[each.key] # nothing was bought
    }
  }
}

resource "aws_ssm_parameter" "each_agent" {
  for_each = aws_bedrockagent_agent.each_map
  name     = "/agents/${each.key}"
  value    = each.value.foundation_model
}
