include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../../modules/agent"
}

inputs = {
  judge_model = "amazon.nova-micro-v1:0"
}
