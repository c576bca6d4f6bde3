variable "premium" {
  type = bool
}

variable "custom_arn" {
  default = ""
}

variable "override" {
  default = null
}

variable "create" {
  default = true
}

locals {
  fallback = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
}

resource "aws_bedrockagent_agent" "not_told" {
  foundation_model = var.premium ? "amazon.nova-premier-v1:0" : "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "one_branch_known" {
  foundation_model = var.premium ? var.not_declared : "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "told" {
  foundation_model = var.create && !false ? "amazon.nova-pro-v1:0" : "amazon.titan-text-express-v1"
}

resource "aws_bedrockagent_knowledge_base" "empty_override" {
  knowledge_base_configuration {
    vector_knowledge_base_configuration {
      embedding_model_arn = var.custom_arn != "" ? var.custom_arn : local.fallback
    }
  }
}

resource "aws_bedrockagent_knowledge_base" "coalesced" {
  knowledge_base_configuration {
    vector_knowledge_base_configuration {
      embedding_model_arn = coalesce(var.override, var.custom_arn, local.fallback)
    }
  }
}

resource "aws_bedrockagent_agent" "null_otherwise" {
  foundation_model = var.premium ? "amazon.nova-premier-v1:0" : null
}
