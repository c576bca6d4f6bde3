locals {
  models = { support = "us.anthropic.claude-sonnet-4-20250514-v1:0" }
}

unit "support" {
  source = "../../units/agent"
  path   = "support"
  values = {
    model = local.models.support
    owner = "support-team"
  }
}

stack "chat" {
  source = "${get_repo_root()}/stacks/chat"
  path   = "chat"
  values = { size = "pro" }
}
