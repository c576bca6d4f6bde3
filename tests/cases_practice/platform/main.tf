variable "environment" {}
variable "model" {}

provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { team = "legal", project = "contract-review", environment = var.environment }
  }
}

resource "aws_bedrockagent_agent" "review" {
  agent_name              = "contract-review"
  agent_resource_role_arn = aws_iam_role.review.arn
  foundation_model        = var.model
}

resource "aws_iam_role" "review" {
  name = "contract-review"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }]
  })
}

resource "aws_bedrock_model_invocation_logging_configuration" "this" {
  logging_config {
    embedding_data_delivery_enabled = false
    s3_config { bucket_name = "acme-bedrock-logs" }
  }
}
