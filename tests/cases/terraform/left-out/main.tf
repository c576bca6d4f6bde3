variable "enabled" {
  type    = bool
  default = false
}

variable "parsing_model_arn" {
  type    = string
  default = null
}

variable "model" {
  default = "amazon.nova-lite-v1:0"
}

# Nobody turns it on here, but somebody may: the model it would take is shown.
resource "aws_bedrockagent_agent" "off" {
  count            = var.enabled ? 1 : 0
  agent_name       = "off"
  foundation_model = var.model
}

# What is left out is not there for `try`, `one` and a splat.
resource "aws_bedrockagent_agent" "tried" {
  agent_name       = "tried"
  foundation_model = try(aws_bedrockagent_agent.off[0].foundation_model, "amazon.nova-pro-v1:0")
}

resource "aws_bedrockagent_agent" "one" {
  agent_name       = "one"
  foundation_model = coalesce(one(aws_bedrockagent_agent.off[*].foundation_model), "amazon.nova-micro-v1:0")
}

resource "aws_bedrockagent_data_source" "off" {
  name = "off"
  dynamic "vector_ingestion_configuration" {
    for_each = var.parsing_model_arn == null ? [] : [var.parsing_model_arn]
    content {
      parsing_configuration {
        bedrock_foundation_model_configuration {
          model_arn = vector_ingestion_configuration.value
        }
      }
    }
  }
}
