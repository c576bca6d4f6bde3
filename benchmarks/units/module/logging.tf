resource "aws_cloudwatch_log_group" "agent" {
  name              = "/returns/${local.prefix}"
  retention_in_days = var.log_days
  tags              = local.tags
}

resource "aws_bedrock_model_invocation_logging_configuration" "all" {
  logging_config {
    embedding_data_delivery_enabled = false
    text_data_delivery_enabled      = true
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.agent.name
      role_arn       = aws_iam_role.agent.arn
    }
  }
}
