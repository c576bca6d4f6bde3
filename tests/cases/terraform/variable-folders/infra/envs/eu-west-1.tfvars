environment = "qa"
model       = "eu.amazon.nova-lite-v1:0"
