variable "chat_model" {
  default = "amazon.nova-lite-v1:0"
}

# The definition stands in a file, which is read by itself too: it is one route, and this says what fills it in.
resource "aws_sfn_state_machine" "summaries" {
  name     = "summaries"
  role_arn = "arn:aws:iam::123456789012:role/summaries"
  definition = templatefile("${path.module}/../flows/summaries.asl.json", {
    region     = "us-east-1"
    chat-model = var.chat_model
  })
}

resource "aws_sfn_state_machine" "written" {
  name       = "written"
  role_arn   = "arn:aws:iam::123456789012:role/summaries"
  definition = <<-JSON
    {
      "StartAt": "First",
      "States": {
        "First": {
          "Type": "Task",
          "Resource": "arn:aws:states:::bedrock:invokeModel",
          "Parameters": { "ModelId": "${var.chat_model}" },
          "Next": "Second"
        },
        "Second": {
          "Type": "Task",
          "Resource": "arn:aws:states:::bedrock:invokeModel",
          "Parameters": { "ModelId": "anthropic.claude-3-haiku-20240307-v1:0" },
          "End": true
        }
      }
    }
  JSON
}
