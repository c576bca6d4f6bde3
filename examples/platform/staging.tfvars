environment     = "staging"
contracts_model = "us.anthropic.claude-haiku-5-5"
