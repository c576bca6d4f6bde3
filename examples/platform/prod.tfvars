environment     = "prod"
contracts_model = "us.anthropic.claude-opus-5-5"
