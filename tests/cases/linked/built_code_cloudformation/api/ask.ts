import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({});

export const handler = async (event: { text: string }) =>
  client.send(
    new ConverseCommand({
      modelId: process.env.API_MODEL_ID,
      messages: [{ role: "user", content: [{ text: event.text }] }],
    }),
  );
