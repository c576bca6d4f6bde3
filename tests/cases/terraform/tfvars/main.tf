variable "model" {
  default = "anthropic.claude-3-haiku-20240307-v1:0" # dead: terraform.tfvars always applies
}

variable "embedding" {
  default = "amazon.titan-embed-text-v1"
}

variable "judge" {}

variable "drafts" {
  default = "amazon.nova-micro-v1:0"
}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "judge" {
  foundation_model = var.judge
}

resource "aws_bedrockagent_agent" "drafts" {
  foundation_model = var.drafts
}

resource "aws_bedrockagent_knowledge_base" "docs" {
  knowledge_base_configuration {
    vector_knowledge_base_configuration {
      embedding_model_arn = "arn:aws:bedrock:us-east-1::foundation-model/${var.embedding}"
    }
  }
}
