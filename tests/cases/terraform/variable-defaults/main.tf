variable "model" {
  type    = string
  default = "amazon.nova-pro-v1:0"
}

variable "alias_of_model" {
  default = "amazon.nova-micro-v1:0"
}

variable "required_model" {
  type = string
}

variable "unset_model" {
  type    = string
  default = null
}

resource "aws_bedrockagent_agent" "by_default" {
  foundation_model = var.model
}

resource "aws_bedrockagent_agent" "by_text" {
  foundation_model = "${var.alias_of_model}"
}

resource "aws_bedrockagent_agent" "must_be_passed" {
  foundation_model = var.required_model
}

resource "aws_bedrockagent_agent" "null_by_default" {
  foundation_model = var.unset_model
}

resource "aws_bedrockagent_agent" "undeclared" {
  foundation_model = var.no_such_variable
}
