variable "model" {
  default = "us.amazon.nova-premier-v1:0"
}

module "first" {
  source = "../../modules/agent/"
  model  = var.model
}

module "second" {
  source   = "../../modules/agent"
  model    = "us.amazon.nova-pro-v1:0"
  fallback = "us.amazon.nova-lite-v1:0"
}
