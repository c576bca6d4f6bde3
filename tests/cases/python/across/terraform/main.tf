variable "model_id" {
  type    = string
  default = "amazon.nova-micro-v1:0"
}

data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "code.zip"
}

resource "aws_lambda_function" "triage" {
  function_name = "triage"
  filename      = data.archive_file.code.output_path
  handler       = "app.handler"
  runtime       = "python3.12"
  environment {
    variables = {
      BEDROCK_MODEL_ID = var.model_id
    }
  }
}
