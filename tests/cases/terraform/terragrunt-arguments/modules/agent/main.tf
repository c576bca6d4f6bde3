variable "model" {
  default = "amazon.nova-micro-v1:0"
}

variable "judge_model" {}

variable "draft_model" {
  default = "amazon.nova-micro-v1:0"
}

variable "common_model" {}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "judge" {
  foundation_model = var.judge_model
}

resource "aws_bedrockagent_agent" "draft" {
  foundation_model = var.draft_model
}

resource "aws_bedrockagent_agent" "common" {
  foundation_model = var.common_model
}
