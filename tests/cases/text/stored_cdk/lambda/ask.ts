import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({});

export const handler = async (event: { text: string }) => {
  const messages = [{ role: "user" as const, content: [{ text: event.text }] }];
  await client.send(new ConverseCommand({ modelId: process.env.CHAT_MODEL_ID, messages }));
  await client.send(new ConverseCommand({ modelId: process.env.DRAFT_MODEL_ID, messages }));
  await client.send(new ConverseCommand({ modelId: process.env.OTHER_MODEL_ID, messages }));
};
