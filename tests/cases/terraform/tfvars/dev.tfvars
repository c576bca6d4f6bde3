judge = "amazon.nova-lite-v1:0"
