data "aws_bedrock_inference_profile" "system" {
  inference_profile_id = "us.amazon.nova-pro-v1:0"
}

resource "aws_bedrock_inference_profile" "support" {
  name = "support"
  model_source {
    copy_from = data.aws_bedrock_inference_profile.system.inference_profile_arn
  }
  tags = { team = "support" }
}

resource "aws_bedrock_inference_profile" "per_team" {
  for_each = toset(["legal", "sales"])
  name     = each.key
  model_source {
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/${each.key == "legal" ? "anthropic.claude-opus-4-1-20250805-v1:0" : "amazon.nova-lite-v1:0"}"
  }
}

resource "awscc_bedrock_application_inference_profile" "cc" {
  inference_profile_name = "cc"
  model_source = {
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
  }
}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = aws_bedrock_inference_profile.support.arn
}

resource "aws_bedrockagent_agent" "legal" {
  foundation_model = aws_bedrock_inference_profile.per_team["legal"].arn
}

resource "awscc_bedrock_agent" "cc" {
  agent_name       = "cc"
  foundation_model = awscc_bedrock_application_inference_profile.cc.inference_profile_arn
}

resource "aws_bedrock_provisioned_model_throughput" "steady" {
  provisioned_model_name = "steady"
  model_arn              = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k"
  model_units            = 1
}

resource "aws_bedrockagent_agent" "on_dedicated_capacity" {
  foundation_model = aws_bedrock_provisioned_model_throughput.steady.provisioned_model_arn
}

resource "aws_bedrockagent_agent" "opaque" {
  foundation_model = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/k2j4h6g8f0d1"
}
