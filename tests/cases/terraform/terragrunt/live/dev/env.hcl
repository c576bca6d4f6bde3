locals {
  environment = "dev"
  model       = "amazon.nova-lite-v1:0"
}
