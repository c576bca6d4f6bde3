include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

locals {
  env = read_terragrunt_config(find_in_parent_folders("env.hcl"))
}

terraform {
  source = "../../../modules//agent"
}

dependency "network" {
  config_path = "../network"
}

inputs = {
  model     = local.env.locals.model
  subnet_id = dependency.network.outputs.subnet_id
  title     = "agent in ${include.root.locals.environment}"
}
