resource "docker_image" "api" {
  name = "api"
  build {
    context = "${path.module}/api"
  }
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([{
    name  = "api"
    image = docker_image.api.name
    environment = [
      { name = "BEDROCK_MODEL_ID", value = "us.amazon.nova-pro-v1:0" },
      { name = "LOG_LEVEL", value = "info" },
    ]
  }])
}
