# default_tags reach the first profile; nothing tags a data source; awscc knows no default_tags
variable "env" {}

provider "aws" {
  default_tags {
    tags = { Environment = var.env, Owner = "payments" }
  }
}

data "aws_bedrock_inference_profile" "system" {
  inference_profile_id = "us.amazon.nova-lite-v1:0"
}

resource "aws_bedrock_inference_profile" "pay" {
  name = "pay"
  model_source {
    copy_from = data.aws_bedrock_inference_profile.system.inference_profile_arn
  }
}

resource "aws_bedrockagent_data_source" "docs" {
  knowledge_base_id = aws_bedrockagent_knowledge_base.kb.id
}

resource "awscc_bedrock_application_inference_profile" "other" {
  inference_profile_name = "other"
}
