import { bedrock } from "@ai-sdk/amazon-bedrock";
import { ChatBedrockConverse, BedrockEmbeddings } from "@langchain/aws";
import { BedrockModel } from "@strands-agents/sdk";

const fast = bedrock(process.env.FAST_MODEL ?? "us.amazon.nova-micro-v1:0");
const vectors = bedrock.embedding("amazon.titan-embed-text-v2:0");
const chat = new ChatBedrockConverse({ model: "us.amazon.nova-lite-v1:0", region: "us-west-2" });
const store = new BedrockEmbeddings({ model: "cohere.embed-english-v3" });
const agent = new BedrockModel({ modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", temperature: 0 });
