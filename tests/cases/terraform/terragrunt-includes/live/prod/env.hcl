locals {
  owner = "platform"
}

inputs = {
  model = "amazon.nova-pro-v1:0"
}
