# The archive is built beside its code; a module that the handler imports reads the variable.
resource "aws_lambda_function" "api" {
  function_name = "api"
  filename      = "${path.module}/../backend/lambda-deployment.zip"
  handler       = "lambda_handler.handler"
  runtime       = "python3.12"
  environment {
    variables = {
      MODEL_ID = "amazon.nova-micro-v1:0"
    }
  }
}

# What is zipped is a folder that a build makes: dist/chat of src/chat.
data "archive_file" "chat" {
  type        = "zip"
  source_dir  = "../src/dist/chat"
  output_path = "${path.root}/.terraform/chat.zip"
}

resource "aws_lambda_function" "chat" {
  function_name = "chat"
  filename      = data.archive_file.chat.output_path
  handler       = "ask.handler"
  runtime       = "nodejs22.x"
  environment {
    variables = {
      CHAT_MODEL_ID = "amazon.nova-lite-v1:0"
    }
  }
}

# Two programs are called app.py: the archive's name tells which is meant.
resource "aws_lambda_function" "orders" {
  function_name = "order-desk"
  s3_bucket     = "releases"
  s3_key        = "2026-11/orders.zip"
  handler       = "app.lambda_handler"
  runtime       = "python3.12"
  environment {
    variables = {
      MODEL_ID = "amazon.nova-pro-v1:0"
    }
  }
}

# Only one program of the scan has this name, and the function that the handler ends in.
resource "aws_lambda_function" "night" {
  function_name = "night-run"
  s3_bucket     = "releases"
  s3_key        = "2026-11/bundle.zip"
  handler       = "summaries.run"
  runtime       = "python3.12"
  environment {
    variables = {
      MODEL_ID = "anthropic.claude-3-haiku-20240307-v1:0"
    }
  }
}

# Code that stands in the configuration is none of the scan's files, whatever they are called.
data "archive_file" "inline" {
  type        = "zip"
  output_path = "inline.zip"
  source {
    content  = "def handler(event, context): ..."
    filename = "uploader.py"
  }
}

resource "aws_lambda_function" "inline" {
  function_name = "inline"
  filename      = data.archive_file.inline.output_path
  handler       = "uploader.handler"
  runtime       = "python3.12"
  environment {
    variables = {
      MODEL_ID = "amazon.nova-premier-v1:0"
    }
  }
}

# A layer runs with the variables of the functions that have it.
resource "aws_lambda_layer_version" "models" {
  layer_name = "models"
  filename   = data.archive_file.models.output_path
}

data "archive_file" "models" {
  type        = "zip"
  source_dir  = "../layers/models"
  output_path = "models.zip"
}

resource "aws_lambda_function" "layered" {
  function_name = "layered"
  filename      = "layered.zip"
  handler       = "elsewhere.handler"
  runtime       = "python3.12"
  layers        = [aws_lambda_layer_version.models.arn]
  environment {
    variables = {
      LAYER_MODEL_ID = "amazon.titan-embed-text-v2:0"
    }
  }
}
