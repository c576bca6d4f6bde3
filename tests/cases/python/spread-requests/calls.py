"""A request that cannot be told: it names the model where the operation needs one, and none where one is an option of an option."""

import boto3

agents = boto3.client("bedrock-agent-runtime")
build = boto3.client("bedrock-agent")
control = boto3.client("bedrock-agentcore-control")
runtime = boto3.client("bedrock-runtime")


def needed(request):
    runtime.converse(**request)
    agents.retrieve_and_generate(**request)
    build.create_knowledge_base(name="kb", **request)


def optional(request, source):
    agents.retrieve(**request)
    agents.invoke_agent(**request)
    build.create_data_source(**source)
    control.update_gateway_target(**request)


def told(text, request):
    query = {"knowledgeBaseId": "KB", "retrievalQuery": {"text": text}}
    if request:
        query["retrievalConfiguration"] = request
    agents.retrieve(**query)
    arn = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    reranking = {"bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}}}
    agents.retrieve(retrievalConfiguration={"vectorSearchConfiguration": {"rerankingConfiguration": reranking}}, **request)
