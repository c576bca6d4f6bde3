import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const { MODEL_ID = "us.amazon.nova-micro-v1:0" } = process.env;
export const handler = async (event) => client.send(new ConverseCommand({ modelId: MODEL_ID, messages: event.messages }));
