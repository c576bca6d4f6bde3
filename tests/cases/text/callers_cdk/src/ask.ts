import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

export const handler = async (client) => {
  await client.send(new ConverseCommand({ modelId: process.env.MODEL_ID! }));
  return client.send(new ConverseCommand({ modelId: process.env["SUMMARY_MODEL_ID"] }));
};
