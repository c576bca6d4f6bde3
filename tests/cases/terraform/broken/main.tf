resource "aws_bedrockagent_agent" "before" {
  foundation_model = "amazon.nova-lite-v1:0"
}

resource "aws_bedrockagent_agent" "broken" {
  foundation_model = "amazon.nova-pro-v1:0"
  instruction      = [1, 2 = }
}

resource "aws_bedrockagent_agent" "after" {
  foundation_model = "amazon.nova-micro-v1:0"
}
