environment = "development"
model       = "amazon.nova-micro-v1:0"
