resource "aws_bedrock_inference_profile" "search" {
  name = "search"
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
  }
  tags = { team = "search", environment = "prod" }
}

module "service" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "search"
  handler       = "app.handler"
  runtime       = "python3.12"
  source_path   = "${path.module}/service"
  environment_variables = {
    PROFILE_ARN = aws_bedrock_inference_profile.search.arn
  }
}

data "archive_file" "rank" {
  type        = "zip"
  source_dir  = "${path.module}/rank"
  output_path = "rank.zip"
}

resource "aws_lambda_function" "rank" {
  function_name = "rank"
  filename      = data.archive_file.rank.output_path
  handler       = "app.handler"
  runtime       = "python3.12"
  environment {
    variables = { PROFILE_ARN = aws_bedrock_inference_profile.search.arn }
  }
}
