locals {
  environment = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.environment
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<-EOF
    provider "aws" {
      default_tags {
        tags = {
          Environment = "${local.environment}"
          Unit        = "${path_relative_to_include()}"
        }
      }
    }
  EOF
}

inputs = {
  environment = local.environment
  judge_model = "amazon.nova-micro-v1:0"
}
