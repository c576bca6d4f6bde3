include "root" {
  path = find_in_parent_folders("root.hcl")
}

include "agent" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/_env/agent.hcl"
  expose = true
}
