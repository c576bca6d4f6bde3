import boto3

ARN = "arn:aws:bedrock:us-east-1::foundation-model/"
agents = boto3.client("bedrock-agent")
runtime = boto3.session.Session(region_name="us-west-2").client("bedrock-agent-runtime")

agents.create_agent(
    agentName="a",
    foundationModel="amazon.nova-pro-v1:0",
    promptOverrideConfiguration={"promptConfigurations": [{"foundationModel": "amazon.nova-micro-v1:0"}]},
    tags={"team": "search", "env": unknown_name()},
)
runtime.retrieve_and_generate(
    input={"text": "?"},
    retrieveAndGenerateConfiguration={
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {"knowledgeBaseId": "k", "modelArn": ARN + "anthropic.claude-3-haiku-20240307-v1:0"},
    },
)
