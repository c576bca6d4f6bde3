variable "model" {
  type = string
}

variable "embedding_model" {
  type    = string
  default = "amazon.titan-embed-text-v1"
}

variable "judge" {
  type = object({ id = string, temperature = optional(number, 0) })
}

variable "region" {
  type    = string
  default = "us-east-1"
}

resource "aws_bedrockagent_agent" "support" {
  agent_name       = "support"
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "judge" {
  agent_name       = "judge"
  foundation_model = var.judge.id
}

# The default is one alternative beside what the staging job passes.
resource "aws_bedrock_inference_profile" "embeddings" {
  name = "embeddings"
  model_source {
    copy_from = "arn:aws:bedrock:${var.region}::foundation-model/${var.embedding_model}"
  }
}
