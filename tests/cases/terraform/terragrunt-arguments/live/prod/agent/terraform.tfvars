common_model = "amazon.nova-pro-v1:0"
