variable "llm" {
  default = "amazon.nova-pro-v1:0"
}

variable "unset" {}

# What a module of a registry or of another repository does with its arguments is not to be seen.
module "registry" {
  source                 = "aws-ia/bedrock/aws"
  version                = "0.0.29"
  foundation_model       = var.llm
  kb_embedding_model_arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
  create_agent           = true
}

module "git" {
  source = "git::https://example.com/acme/agents.git//chat?ref=v1.2.0"
  brain  = "amazon.nova-micro-v1:0"
  settings = {
    model_id = "amazon.nova-lite-v1:0"
    name     = "chat"
  }
  # Which model a bucket is called after says nothing about a route.
  bucket_name = "amazon.nova-lite-v1:0"
  tags        = { model = "amazon.nova-pro-v1:0" }
}

# A name that is Bedrock's own for a model makes a route even where its value cannot be told.
module "open" {
  source           = "app.terraform.io/acme/agent/aws"
  foundation_model = var.unset
  chat_model       = var.unset
}

# Statements, policies and definitions among the arguments of modules are read for what they are.
module "function" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "chat"
  policy_statements = {
    bedrock = {
      effect    = "Allow"
      actions   = ["bedrock:InvokeModel"]
      resources = ["arn:aws:bedrock:*::foundation-model/${var.llm}"]
    }
    single = {
      actions   = ["bedrock:InvokeModel"]
      resources = "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"
    }
    denied = {
      effect    = "Deny"
      actions   = ["bedrock:InvokeModel"]
      resources = ["arn:aws:bedrock:*::foundation-model/amazon.nova-premier-v1:0"]
    }
  }
  policy_json = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "bedrock:InvokeModel"
      Resource = "arn:aws:bedrock:*::foundation-model/amazon.nova-micro-v1:0"
    }]
  })
}

module "flow" {
  source = "terraform-aws-modules/step-functions/aws"
  definition = jsonencode({
    StartAt = "Ask"
    States = {
      Ask = {
        Type       = "Task"
        Resource   = "arn:aws:states:::bedrock:invokeModel"
        Parameters = { ModelId = var.llm }
        End        = true
      }
    }
  })
}
