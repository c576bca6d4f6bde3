variable "model" {}
variable "judge_model" {}
variable "environment" {}
variable "title" {}
variable "subnet_id" {}

resource "aws_bedrockagent_agent" "support" {
  agent_name       = var.title
  foundation_model = var.model
  tags             = { Title = var.title, Subnet = var.subnet_id }
}

resource "aws_bedrockagent_agent" "judge" {
  foundation_model = var.environment == "prod" ? "us.amazon.nova-premier-v1:0" : var.judge_model
}
