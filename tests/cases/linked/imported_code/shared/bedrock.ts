import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const MODEL_ID = process.env.MODEL_ID ?? "amazon.nova-micro-v1:0";
const client = new BedrockRuntimeClient({});

export const converse = (text: string) =>
  client.send(new ConverseCommand({ modelId: MODEL_ID, messages: [{ role: "user", content: [{ text }] }] }));
