common_model = "us.amazon.nova-premier-v1:0"
