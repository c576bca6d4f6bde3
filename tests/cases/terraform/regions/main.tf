variable "region" {}

provider "aws" {
  region = "ap-northeast-1"
}

provider "aws" {
  alias  = "far"
  region = var.region
}

data "aws_region" "here" {}

data "aws_region" "far" {
  provider = aws.far
}

data "aws_region" "named" {
  name = "eu-west-1"
}

locals {
  geography = split("-", data.aws_region.far.region)[0]
}

# Only the embedding model of the region that the provider has.
resource "aws_bedrockagent_knowledge_base" "here" {
  name     = "here"
  role_arn = "arn:aws:iam::123456789012:role/kb"
  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = data.aws_region.here.name == "ap-northeast-1" ? "arn:aws:bedrock:ap-northeast-1::foundation-model/cohere.embed-multilingual-v3" : "arn:aws:bedrock:us-west-2::foundation-model/amazon.titan-embed-text-v2:0"
    }
  }
}

# The geography of an inference profile follows the region of each environment.
resource "aws_bedrockagent_agent" "far" {
  agent_name              = "far"
  agent_resource_role_arn = "arn:aws:iam::123456789012:role/agent"
  foundation_model        = "${local.geography}.amazon.nova-pro-v1:0"
}

resource "aws_bedrockagent_agent" "named" {
  agent_name              = "named"
  agent_resource_role_arn = "arn:aws:iam::123456789012:role/agent"
  foundation_model        = startswith(data.aws_region.named.name, "eu-") ? "eu.amazon.nova-lite-v1:0" : "us.amazon.nova-lite-v1:0"
}

# The module has no provider of its own: the first is handed down, the second by name.
module "near" {
  source = "./modules/agent"
}

module "far" {
  source    = "./modules/agent"
  providers = { aws = aws.far }
}
