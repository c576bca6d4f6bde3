include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../../modules/agent"

  extra_arguments "draft" {
    commands  = get_terraform_commands_that_need_vars()
    arguments = ["-lock-timeout=5m", "-var-file=draft.tfvars"]
  }
}

inputs = {
  model = "us.amazon.nova-pro-v1:0"
}
