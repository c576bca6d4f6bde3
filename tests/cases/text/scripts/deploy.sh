#!/bin/bash
# MODEL_ID=anthropic.claude-v2
MODEL_ID="us.amazon.nova-lite-v1:0"
AGENT_MODEL=${AGENT_MODEL:-us.amazon.nova-pro-v1:0}
if [ "$MODEL_ID" == "us.amazon.nova-micro-v1:0" ]; then echo "model=us.amazon.nova-micro-v1:0"; fi
aws bedrock-runtime invoke-model --model-id amazon.titan-embed-text-v2:0 out.json
sam deploy --parameter-overrides "ModelId=us.anthropic.claude-haiku-4-5-20251001-v1:0 Stage=dev"
