import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const { MODEL_ID = "us.amazon.nova-micro-v1:0" } = process.env;
export const handler = async (event) => client.send(new ConverseCommand({ modelId: MODEL_ID, messages: event.messages }));

// What is deployed cannot be told: a default stands in only where the variable may be empty.
const judge = process.env.JUDGE_MODEL_ID ?? "us.amazon.nova-pro-v1:0";
export const judged = async (event) => client.send(new ConverseCommand({ modelId: judge, messages: event.messages }));
export const again = async (event) =>
  client.send(new ConverseCommand({ modelId: process.env.JUDGE_MODEL_ID || "us.amazon.nova-pro-v1:0", messages: event.messages }));
