# The other provider of AWS calls the same things by other names.
resource "awscc_iam_role_policy" "runtime" {
  role_name   = "runtime"
  policy_name = "invoke"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["bedrock:InvokeModel"]
      Resource = ["arn:aws:bedrock:*::foundation-model/amazon.nova-2-lite-v1:0"]
    }]
  })
}

resource "awscc_iam_role" "runtime" {
  role_name = "runtime"
  policies = [{
    policy_name = "embed"
    policy_document = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "bedrock:InvokeModel"
        Resource = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
      }]
    })
  }]
}
