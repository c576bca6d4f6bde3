variable "embedding_arn" {
  default = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
}

variable "chat_model" {}

resource "null_resource" "provision" {
  triggers = {
    embedding_model_arn = var.embedding_arn
    model_version       = "3"
    name                = "amazon.nova-pro-v1:0" # its name says nothing of a model
  }
}

resource "aws_ssm_parameter" "model" {
  name  = "/app/model-id"
  type  = "String"
  value = "amazon.nova-lite-v1:0"
}

resource "aws_ssm_parameter" "other" {
  name  = "/app/title"
  type  = "String"
  value = "nothing to see"
}

module "agents" {
  source           = "aws-ia/bedrock/aws"
  version          = "0.0.29"
  foundation_model = var.chat_model
  kb = {
    embedding_model_arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1"
  }
}

module "network" {
  source     = "terraform-aws-modules/vpc/aws"
  model_name = var.chat_model
}

module "local_and_used" {
  source = "./used"
  model  = "amazon.nova-micro-v1:0"
}

module "local_and_unused" {
  source = "./unused"
  model  = "amazon.nova-premier-v1:0"
}

resource "aws_sfn_state_machine" "flow" {
  definition = jsonencode({
    StartAt = "Ask"
    States = {
      Ask = {
        Type     = "Task"
        Resource = "arn:aws:states:::bedrock:invokeModel"
        Parameters = {
          ModelId = "us.amazon.nova-pro-v1:0"
        }
        End = true
      }
    }
  })
}

resource "aws_sfn_state_machine" "from_a_template" {
  definition = templatefile("flow.asl.json", { model = "amazon.nova-lite-v1:0" })
}

resource "aws_cloudwatch_metric_alarm" "of_bedrock" {
  namespace = "AWS/Bedrock"
}

resource "aws_cloudwatch_metric_alarm" "of_something_else" {
  namespace = "AWS/Lambda"
}

resource "aws_lambda_function" "labelled" {
  tags = { Model = "amazon.nova-pro-v1:0" } # a label, no choice
}

resource "aws_cloudwatch_metric_alarm" "of_one_model" {
  namespace  = "App"
  dimensions = { ModelId = "amazon.nova-pro-v1:0" } # what is measured, no choice
}

resource "aws_secretsmanager_secret_version" "settings" {
  secret_string = jsonencode({
    region   = "eu-west-1"
    model_id = "eu.amazon.nova-lite-v1:0"
  })
}

resource "kubernetes_config_map" "settings" {
  data = {
    "settings.yaml" = yamlencode(merge({ llm = { model = var.settings_model } }, {}))
  }
}

variable "settings_model" {
  default = "amazon.nova-micro-v1:0"
}

resource "aws_s3_bucket_policy" "by_profile" {
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "s3:GetObject"
      Resource  = "*"
      Condition = { StringEquals = { "bedrock:InferenceProfileArn" = "arn:aws:bedrock:us-east-1::inference-profile/us.amazon.nova-pro-v1:0" } }
    }]
  })
}
