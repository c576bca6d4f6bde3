locals {
  environment = read_terragrunt_config(find_in_parent_folders("env.hcl"))
}

inputs = merge(local.environment.inputs, { owner = local.environment.locals.owner })
