variable "embedding_model" {
  default = "amazon.titan-embed-text-v1"
}

variable "rerank_model" {
  default = "cohere.rerank-v3-5:0"
}

variable "name" {}

resource "aws_bedrock_inference_profile" "embeddings" {
  name = "${var.name}-embeddings"
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/${var.embedding_model}"
  }
}

resource "aws_bedrock_inference_profile" "rerank" {
  name = "${var.name}-rerank"
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/${var.rerank_model}"
  }
}
