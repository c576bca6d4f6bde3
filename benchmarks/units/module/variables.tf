variable "environment" {
  type        = string
  description = "prod or dev."
  default     = "dev"
}

variable "name" {
  type    = string
  default = "returns"
}

variable "agent_model" {
  type        = string
  description = "The model of the agent."
  default     = "anthropic.claude-haiku-4-5-20251001-v1:0"
}

variable "embedding_model" {
  type    = string
  default = "amazon.titan-embed-text-v2:0"
}

variable "log_days" {
  type    = number
  default = 30
}
