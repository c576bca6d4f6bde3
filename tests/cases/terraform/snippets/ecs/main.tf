# a model in JSON in HCL: the default holds unless a file of an environment says otherwise
resource "aws_ecs_task_definition" "tasks" {
  family = "tasks"
  container_definitions = jsonencode([{
    name = "worker"
    environment = [
      { name = "BEDROCK_MODEL_ID", value = var.model_id },
      { name = "EMBEDDING_MODEL", value = "amazon.titan-embed-text-v2:0" },
    ]
  }])
}

variable "model_id" {
  default = "anthropic.claude-3-sonnet-20240229-v1:0"
}
