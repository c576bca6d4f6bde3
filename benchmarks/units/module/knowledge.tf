resource "aws_bedrockagent_knowledge_base" "terms" {
  name     = "${local.prefix}-terms"
  role_arn = aws_iam_role.agent.arn
  tags     = local.tags

  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = "arn:aws:bedrock:${data.aws_region.current.name}::foundation-model/${var.embedding_model}"
    }
  }

  storage_configuration {
    type = "S3_VECTORS"
    s3_vectors_configuration {
      index_arn = var.index_arn
    }
  }
}

variable "index_arn" {
  type    = string
  default = ""
}
