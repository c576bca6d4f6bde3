judge_model = "us.anthropic.claude-sonnet-4-20250514-v1:0"
