unit "agent" {
  source = "../../units/agent"
  path   = "agent"
  values = {
    model = "amazon.nova-${values.size}-v1:0"
  }
}
