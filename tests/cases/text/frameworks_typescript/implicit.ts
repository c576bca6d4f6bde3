import { ChatBedrockConverse } from "@langchain/aws";
import { Agent } from "@strands-agents/sdk";

const chat = new ChatBedrockConverse({ region: "us-west-2", maxTokens: 200 });
const bare = new Agent({ systemPrompt: "Route the ticket." });
const other = new Agent({ model: chat });
const spread = new ChatBedrockConverse({ ...options });
const named = new Agent({ model: "us.amazon.nova-lite-v1:0" });
