variable "model_id" {
  type    = string
  default = "us.amazon.nova-lite-v1:0"
}

module "ask" {
  source      = "terraform-aws-modules/lambda/aws"
  handler     = "app.handler"
  source_path = "src/ask"
  environment_variables = {
    MODEL_ID = var.model_id
  }
}

data "archive_file" "sum" {
  type        = "zip"
  source_dir  = "${path.module}/src/sum"
  output_path = "${path.module}/build/sum.zip"
}

resource "aws_lambda_function" "sum" {
  function_name = "sum"
  filename      = data.archive_file.sum.output_path
  handler       = "main.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/sum"
  environment {
    variables = {
      MODEL_ID = var.model_id
    }
  }
}
