by_terraform_tfvars = "amazon.nova-lite-v1:0"
by_auto_tfvars      = "amazon.nova-lite-v1:0"
by_command_line     = "amazon.nova-lite-v1:0"
