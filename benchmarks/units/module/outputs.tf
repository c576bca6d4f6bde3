output "agent_id" {
  value = aws_bedrockagent_agent.returns.agent_id
}

output "alias_arn" {
  value = aws_bedrockagent_agent_alias.live.agent_alias_arn
}
