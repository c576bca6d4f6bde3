environment = "prod"
agent_model = "us.anthropic.claude-sonnet-4-6"
log_days    = 365
