by_auto_tfvars  = "amazon.nova-pro-v1:0"
by_command_line = "amazon.nova-pro-v1:0"
