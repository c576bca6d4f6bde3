variable "model_id" {
  default = "anthropic.claude-3-sonnet-20240229-v1:0"
}

variable "judge_model_id" {}

variable "common" {
  default = { LOG_LEVEL = "info" }
}

data "archive_file" "app" {
  type        = "zip"
  source_dir  = "${path.module}/src/app"
  output_path = "${path.module}/build/app.zip"
}

data "archive_file" "single" {
  type        = "zip"
  source_file = "${path.module}/src/summarizer.py"
  output_path = "single.zip"
}

resource "aws_lambda_function" "app" {
  function_name = "app"
  filename      = data.archive_file.app.output_path
  handler       = "support_bot.handler"
  environment {
    variables = merge(var.common, {
      BEDROCK_MODEL_ID = var.model_id
      JUDGE_MODEL_ID   = var.judge_model_id
      EMBED_MODEL      = "amazon.titan-embed-text-v2:0"
      MODEL_BUCKET     = "models"
      OPENAI_MODEL     = "gpt-4o"
    })
  }
  tags = { Team = "apps" }
}

resource "aws_lambda_function" "single" {
  function_name = "single"
  filename      = data.archive_file.single.output_path
  handler       = "summarizer.handler"
  environment {
    variables = {
      MODEL = "amazon.nova-micro-v1:0"
    }
  }
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([{
    name = "api"
    environment = [
      { name = "BEDROCK_MODEL_ID", value = var.model_id },
      { name = "EMBED_MODEL", value = "amazon.titan-embed-text-v2:0" },
    ]
  }])
}

resource "aws_ecs_task_definition" "written_as_text" {
  family                = "text"
  container_definitions = <<-JSON
    [{"name": "api", "environment": [{"name": "CHAT_MODEL", "value": "${var.model_id}"}]}]
  JSON
}

resource "aws_bedrockagentcore_agent_runtime" "agent" {
  agent_runtime_name = "agent"
  environment_variables = {
    MODEL_ID = "us.amazon.nova-premier-v1:0"
  }
}

# Texts that list models, by commas and as JSON, give each of them.
resource "aws_lambda_function" "router" {
  function_name = "router"
  environment {
    variables = {
      ALLOWED_MODELS  = join(",", [var.model_id, "amazon.nova-lite-v1:0"])
      FALLBACK_MODELS = jsonencode(["amazon.nova-pro-v1:0", "amazon.nova-micro-v1:0"])
      MODEL_NAMES     = "small,large"
    }
  }
}
