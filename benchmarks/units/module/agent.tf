resource "aws_bedrockagent_agent" "returns" {
  agent_name                  = "${local.prefix}-agent"
  agent_resource_role_arn     = aws_iam_role.agent.arn
  foundation_model            = var.agent_model
  idle_session_ttl_in_seconds = 600
  instruction                 = "Help customers send goods back. Ask for the order number first, and never promise a refund."
  tags                        = local.tags
}

resource "aws_bedrockagent_agent_alias" "live" {
  agent_alias_name = "live"
  agent_id         = aws_bedrockagent_agent.returns.agent_id
  tags             = local.tags
}

resource "aws_bedrock_inference_profile" "summaries" {
  name = "${local.prefix}-summaries"
  model_source {
    copy_from = "arn:aws:bedrock:${data.aws_region.current.name}::foundation-model/amazon.nova-2-lite-v1:0"
  }
  tags = merge(local.tags, { purpose = "summaries" })
}
