MODEL = "us.amazon.nova-premier-v1:0"
