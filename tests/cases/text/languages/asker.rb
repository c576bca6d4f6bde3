# model_id: "anthropic.claude-v2"
MODEL = ENV.fetch("MODEL_ID", "us.amazon.nova-lite-v1:0")
client.converse(model_id: MODEL, messages: [])
