stack "chat" {
  source = "../../stacks/chat"
  path   = "chat"
  values = { size = "lite" }
}
