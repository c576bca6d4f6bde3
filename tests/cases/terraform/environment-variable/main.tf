variable "environment" {
  default = "dev" # how the root is applied by default says nothing about where
  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "Unknown environment."
  }
}

locals {
  models = {
    dev     = "amazon.nova-micro-v1:0"
    staging = "amazon.nova-lite-v1:0"
    prod    = "amazon.nova-premier-v1:0"
  }
}

resource "aws_bedrockagent_agent" "by_key" {
  foundation_model = local.models[var.environment]
}

resource "aws_bedrockagent_agent" "by_condition" {
  foundation_model = var.environment == "prod" ? "amazon.nova-pro-v1:0" : "amazon.nova-lite-v1:0"
  tags             = { Environment = var.environment }
}
