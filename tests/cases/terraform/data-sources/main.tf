variable "model_id" {
  default = "amazon.titan-embed-text-v2:0"
}

data "aws_bedrock_foundation_model" "embedding" {
  model_id = var.model_id
}

data "aws_bedrock_foundation_model" "custom" {
  count    = 1
  model_id = "amazon.titan-text-express-v1"
}

data "aws_bedrock_inference_profile" "sonnet" {
  inference_profile_id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
}

data "aws_bedrock_foundation_model" "nobody_uses_this" {
  model_id = "cohere.embed-english-v3"
}

data "aws_bedrock_foundation_models" "anthropic" {
  by_provider = "anthropic"
}

resource "aws_bedrockagent_knowledge_base" "docs" {
  knowledge_base_configuration {
    vector_knowledge_base_configuration {
      embedding_model_arn = data.aws_bedrock_foundation_model.embedding.model_arn
    }
  }
}

resource "aws_bedrock_custom_model" "tuned" {
  base_model_identifier = data.aws_bedrock_foundation_model.custom[0].model_arn
}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = data.aws_bedrock_inference_profile.sonnet.inference_profile_id
}

resource "aws_bedrockagent_agent" "whatever_comes_first" {
  foundation_model = data.aws_bedrock_foundation_models.anthropic.model_summaries[0].model_id
}

# Another name for a data source, one provider's copy of it, and one instance of several.
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

data "aws_bedrock_foundation_model" "west" {
  provider = aws.west
  for_each = { chat = "amazon.nova-pro-v1:0", draft = "amazon.nova-micro-v1:0" }
  model_id = each.value
}

locals {
  chosen = data.aws_bedrock_foundation_model.west["draft"]
  custom = one(data.aws_bedrock_foundation_model.custom[*].model_id)
}

resource "aws_bedrockagent_agent" "renamed" {
  foundation_model = local.chosen.model_id
}

resource "aws_bedrockagent_agent" "only_one" {
  foundation_model = local.custom
}
