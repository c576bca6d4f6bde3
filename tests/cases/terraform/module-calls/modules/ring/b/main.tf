variable "model" {}

module "a" {
  source = "../a"
  model  = var.model
}
