variable "name" {
  type = string
}

variable "foundation_model" {
  type = string
}

variable "instruction" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}
