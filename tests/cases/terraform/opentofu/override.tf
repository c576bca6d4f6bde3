resource "aws_bedrockagent_agent" "support" {
  tags = { Owner = "override" }
}
