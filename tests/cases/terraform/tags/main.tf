variable "team" {
  default = "platform"
}

variable "extra_tags" {
  type    = map(string)
  default = null
}

variable "any_tags" {
  type = map(string)
}

provider "aws" {
  default_tags {
    tags = {
      ManagedBy = "terraform"
      Team      = var.team
      Owner     = "default"
    }
  }
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags {
    tags = merge({ Region = "west" }, { ManagedBy = "hand" })
  }
}

resource "aws_bedrockagent_agent" "inherits" {
  foundation_model = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "overrides" {
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = merge({ Owner = "search" }, var.extra_tags)
}

resource "aws_bedrockagent_agent" "by_alias" {
  provider         = aws.west
  foundation_model = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "null_tags" {
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = var.extra_tags
}

resource "aws_bedrockagent_agent" "more_than_is_known" {
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = merge(var.any_tags, { Owner = "legal" })
}

resource "aws_bedrockagent_agent" "value_not_told" {
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = { CostCenter = aws_cloudformation_stack.cost.outputs["center"] }
}

resource "aws_bedrockagent_agent" "each" {
  for_each         = { a = "one", b = "two" }
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = { Name = each.key, Same = "yes" }
}

# cannot be tagged
resource "aws_bedrockagent_data_source" "docs" {
  vector_ingestion_configuration {
    parsing_configuration {
      parsing_strategy = "BEDROCK_FOUNDATION_MODEL"
      bedrock_foundation_model_configuration {
        model_arn = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"
      }
    }
  }
}

# awscc has no default tags, and lists its tags here
resource "awscc_bedrock_application_inference_profile" "listed" {
  inference_profile_name = "listed"
  model_source           = { copy_from = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0" }
  tags                   = [{ key = "Team", value = var.team }, { key = "Owner", value = "finops" }]
}

resource "awscc_bedrock_application_inference_profile" "listed_by_for" {
  inference_profile_name = "listed-by-for"
  model_source           = { copy_from = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0" }
  tags                   = [for name, value in { Team = var.team } : { key = name, value = value }]
}

resource "awscc_bedrock_application_inference_profile" "untagged" {
  inference_profile_name = "untagged"
  model_source           = { copy_from = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0" }
}

module "in_west" {
  source    = "./agent"
  providers = { aws = aws.west }
  tags      = { Stage = "beta" }
}

module "in_east" {
  source = "./agent"
}

resource "aws_bedrockagentcore_agent_runtime" "without_variables" {
  agent_runtime_name = "answers"
  tags               = { team = "answers" }
}
