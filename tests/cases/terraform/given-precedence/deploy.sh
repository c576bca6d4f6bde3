export TF_VAR_by_environment=amazon.nova-micro-v1:0
export TF_VAR_by_terraform_tfvars=amazon.nova-micro-v1:0
export TF_VAR_by_auto_tfvars=amazon.nova-micro-v1:0
export TF_VAR_by_command_line=amazon.nova-micro-v1:0
export TF_VAR_by_named_file=amazon.nova-micro-v1:0
terraform apply -var-file=prod.tfvars -var by_command_line=us.anthropic.claude-sonnet-4-20250514-v1:0
