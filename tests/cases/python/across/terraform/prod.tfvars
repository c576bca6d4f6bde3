model_id = "us.amazon.nova-pro-v1:0"
