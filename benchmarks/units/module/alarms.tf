resource "aws_cloudwatch_metric_alarm" "throttled" {
  alarm_name          = "${local.prefix}-throttled"
  namespace           = "AWS/Bedrock"
  metric_name         = "InvocationThrottles"
  dimensions          = { ModelId = var.agent_model }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  tags                = local.tags
}

resource "aws_budgets_budget" "returns" {
  name         = local.prefix
  budget_type  = "COST"
  limit_amount = "900"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
}
