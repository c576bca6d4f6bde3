variable "size" {
  default = "small"
}

output "models" {
  value = {
    support = "amazon.nova-lite-v1:0"
    legal   = "amazon.nova-premier-v1:0"
  }
}

output "by_size" {
  value = var.size == "large" ? "amazon.nova-pro-v1:0" : "amazon.nova-micro-v1:0"
}
