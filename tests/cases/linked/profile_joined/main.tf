resource "aws_bedrock_inference_profile" "support" {
  name = "support"
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  }
  tags = { team = "support" }
}

data "archive_file" "ask" {
  type        = "zip"
  source_dir  = "src"
  output_path = "ask.zip"
}

resource "aws_lambda_function" "ask" {
  function_name = "ask"
  filename      = data.archive_file.ask.output_path
  handler       = "ask.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/ask"
  environment {
    variables = { PROFILE_ARN = aws_bedrock_inference_profile.support.arn }
  }
}
