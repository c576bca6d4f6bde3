# What the commands of every unit get: variables of the environment, which beat the inputs, and files, which beat both.
terraform {
  extra_arguments "models" {
    commands           = ["plan", "apply"]
    required_var_files = ["${get_parent_terragrunt_dir()}/common.tfvars"]
    optional_var_files = ["${get_terragrunt_dir()}/../stage.tfvars", "${get_terragrunt_dir()}/absent.tfvars"]
    env_vars = {
      TF_VAR_model       = "amazon.nova-lite-v1:0"
      TF_VAR_draft_model = "amazon.nova-lite-v1:0"
      AWS_PROFILE        = "models"
    }
  }
}
