import { ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";

const { MODEL_ID } = process.env;
export const handler = async (client) => {
  await client.send(new InvokeModelCommand({ modelId: process.env.EMBED_MODEL_ID }));
  return client.send(new ConverseCommand({ modelId: process.env.MODEL_ID }));
};
