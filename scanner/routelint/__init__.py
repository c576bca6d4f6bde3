"""routelint: a policy-as-code linter for Amazon Bedrock model routes."""
