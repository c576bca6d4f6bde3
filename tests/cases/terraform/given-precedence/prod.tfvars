by_command_line = "amazon.nova-premier-v1:0"
by_named_file   = "amazon.nova-premier-v1:0"
