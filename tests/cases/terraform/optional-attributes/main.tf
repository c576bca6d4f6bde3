variable "agents" {
  type = map(object({
    model       = optional(string, "amazon.nova-lite-v1:0")
    instruction = optional(string)
    knowledge = optional(object({
      embedding = optional(string, "amazon.titan-embed-text-v2:0")
    }), {})
  }))
  default = {
    triage = {}
    writer = { model = "us.amazon.nova-pro-v1:0", instruction = "Write." }
  }
}

resource "aws_bedrockagent_agent" "this" {
  for_each         = var.agents
  agent_name       = each.key
  foundation_model = each.value.model
}

resource "aws_bedrockagent_knowledge_base" "triage" {
  name = "triage"
  knowledge_base_configuration {
    type = "VECTOR"
    vector_knowledge_base_configuration {
      embedding_model_arn = "arn:aws:bedrock:us-east-1::foundation-model/${var.agents["triage"].knowledge.embedding}"
    }
  }
}
