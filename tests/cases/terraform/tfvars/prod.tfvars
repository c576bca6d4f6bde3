model  = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
judge  = "us.anthropic.claude-opus-4-1-20250805-v1:0"
drafts = "amazon.nova-pro-v1:0"
