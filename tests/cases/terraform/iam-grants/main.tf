data "aws_partition" "current" {}
data "aws_region" "current" {}

variable "model" {
  default = "anthropic.claude-3-haiku-20240307-v1:0"
}

variable "granted_model" {}

variable "regions" {
  default = ["us-east-1", "us-west-2"]
}

locals {
  # each of these is granted by the statement that names the list
  model_arns = [
    "arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0",
    "arn:${data.aws_partition.current.partition}:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
  ]
}

data "aws_iam_policy_document" "invoke" {
  statement {
    actions = ["bedrock:InvokeModel*", "bedrock:Converse*"]
    resources = [
      "arn:aws:bedrock:*::foundation-model/anthropic.claude-*",
      "arn:aws:bedrock:${data.aws_region.current.name}:*:inference-profile/us.*",
      "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc", # no model
      "arn:aws:s3:::models/*",                                 # no model
    ]
  }

  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = local.model_arns
  }

  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = concat(["arn:aws:bedrock:us-east-1::foundation-model/${var.model}"], [for region in var.regions : "arn:aws:bedrock:${region}::foundation-model/cohere.embed-english-v3"])
  }

  statement {
    effect    = "Deny"
    actions   = ["bedrock:InvokeModel"]
    resources = ["arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-4-1-20250805-v1:0"]
  }

  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = ["*"]
  }

  statement {
    actions   = ["bedrock:ListFoundationModels", "logs:PutLogEvents"]
    resources = ["*"] # lists models, invokes none
  }

  dynamic "statement" {
    for_each = toset(["amazon.titan-embed-text-v2:0"])
    content {
      actions   = ["bedrock:InvokeModel"]
      resources = ["arn:aws:bedrock:us-east-1::foundation-model/${statement.value}"]
    }
  }
}

resource "aws_iam_policy" "by_reference" {
  policy = data.aws_iam_policy_document.invoke.json
}

resource "aws_iam_role_policy" "encoded" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "bedrock:InvokeModel"
        Resource = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
      },
      {
        Effect = "Allow"
        Action = ["bedrock:*"]
        Resource = [
          "arn:aws:bedrock:us-east-1::foundation-model/${var.granted_model}",
          "*",
        ]
      },
    ]
  })
}

resource "aws_iam_policy" "heredoc" {
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": [
          "arn:aws:bedrock:us-east-1::foundation-model/mistral.mistral-large-2402-v1:0",
          "arn:aws:bedrock:${data.aws_region.current.name}::foundation-model/${var.model}"
        ]
      }]
    }
  POLICY
}

resource "aws_iam_role" "inline" {
  assume_role_policy = "{}"
  inline_policy {
    name   = "models"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "arn:aws:bedrock:*::foundation-model/*" }] })
  }
}

resource "aws_iam_policy" "in_a_local" {
  policy = jsonencode(local.policy)
}

locals {
  policy = {
    Statement = [{ Effect = "Allow", Action = ["bedrock:InvokeModel"], Resource = ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-premier-v1:0"] }]
  }
}

resource "aws_iam_policy" "from_a_file" {
  policy = templatefile("${path.module}/policy.json.tftpl", { model = var.model })
}

data "aws_iam_policy_document" "looks_only" {
  statement {
    actions   = ["bedrock:GetInferenceProfile", "bedrock:ListTagsForResource", "bedrock:DeleteInferenceProfile"]
    resources = ["arn:aws:bedrock:*::foundation-model/amazon.nova-premier-v1:0"] # may be looked at, not used
  }
  statement {
    actions   = ["bedrock:CreateModelCustomizationJob", "bedrock:ListCustomModels"]
    resources = ["arn:aws:bedrock:*::foundation-model/amazon.nova-canvas-v1:0"]
  }
}

# Every resource of Bedrock, written as short as IAM lets it be: models are among them.
data "aws_iam_policy_document" "everything" {
  statement {
    actions   = ["bedrock:*"]
    resources = ["arn:aws:bedrock:*", "arn:aws:bedrock:us-east-1:*", "arn:aws:bedrock:*:*:*"]
  }
  statement {
    actions   = ["bedrock:ApplyGuardrail"]
    resources = ["arn:aws:bedrock:*:*:guardrail/*"]
  }
}

# Lists in a list, behind a condition, in a statement of their own.
variable "listed_models" {
  default = ["amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"]
}

resource "aws_iam_role_policy" "nested" {
  role = "app"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = ["logs:*"], Resource = "*" }],
      length(var.listed_models) > 0 ? [{
        Effect = "Allow"
        Action = ["bedrock:InvokeModel"]
        Resource = flatten([for model in var.listed_models : [
          "arn:aws:bedrock:*::foundation-model/${model}",
          "arn:aws:bedrock:*:123456789012:inference-profile/${model}",
        ]])
      }] : [],
    )
  })
}
