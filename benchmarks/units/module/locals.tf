locals {
  prefix = "${var.name}-${var.environment}"
  tags = {
    team        = "returns"
    project     = var.name
    environment = var.environment
  }
}

data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
