variable "by_environment" {
  default = "amazon.titan-text-lite-v1"
}

variable "by_terraform_tfvars" {
  default = "amazon.titan-text-lite-v1"
}

variable "by_auto_tfvars" {
  default = "amazon.titan-text-lite-v1"
}

variable "by_command_line" {
  default = "amazon.titan-text-lite-v1"
}

variable "by_named_file" {
  default = "amazon.titan-text-lite-v1"
}

resource "aws_bedrockagent_agent" "environment" {
  foundation_model = var.by_environment
}

resource "aws_bedrockagent_agent" "terraform_tfvars" {
  foundation_model = var.by_terraform_tfvars
}

resource "aws_bedrockagent_agent" "auto_tfvars" {
  foundation_model = var.by_auto_tfvars
}

resource "aws_bedrockagent_agent" "command_line" {
  foundation_model = var.by_command_line
}

resource "aws_bedrockagent_agent" "named_file" {
  foundation_model = var.by_named_file
}
