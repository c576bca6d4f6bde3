-- MODEL_ID 'anthropic.claude-v2'
SELECT aws_bedrock.invoke_model(model_id := 'us.amazon.nova-lite-v1:0', model_input := '{}');
