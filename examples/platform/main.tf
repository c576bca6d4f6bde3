terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      team = "platform"
    }
  }
}

module "contracts" {
  source = "./modules/agent"

  name             = "contracts-${var.environment}"
  foundation_model = var.contracts_model
  instruction      = "Compare each clause with our standard terms and name the deviations."

  tags = {
    project     = "contract-review"
    environment = var.environment
  }
}

# What the help search costs: every call to it names this profile.
resource "aws_bedrock_inference_profile" "search" {
  name = "help-search-${var.environment}"

  model_source {
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/${var.search_model}"
  }

  tags = {
    environment = var.environment
  }
}
