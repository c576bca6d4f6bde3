environment = "dev"
model       = "global.anthropic.claude-haiku-5-5"
