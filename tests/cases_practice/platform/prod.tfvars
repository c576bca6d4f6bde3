environment = "prod"
model       = "global.anthropic.claude-opus-5-5"
