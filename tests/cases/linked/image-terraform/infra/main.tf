variable "tag" {}

resource "aws_ecs_task_definition" "task" {
  family = "task"
  container_definitions = jsonencode([{
    name        = "main"
    image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/chat:${var.tag}"
    environment = [{ name = "CHAT_MODEL", value = "global.anthropic.claude-haiku-5-5" }]
  }])
}
