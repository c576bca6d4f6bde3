# OpenTofu reads main.tofu in place of this file
resource "aws_bedrockagent_agent" "support" {
  foundation_model = "amazon.titan-text-express-v1"
}
