variable "environment" {
  type = string
}

variable "contracts_model" {
  description = "Compares contract clauses with our standard terms."
  type        = string
}

variable "search_model" {
  description = "Rewrites questions before the help pages are searched."
  type        = string
  default     = "amazon.nova-lite-v1:0"
}
