import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

export const handler = () => new ConverseCommand({ modelId: process.env.MODEL_ID ?? "us.amazon.nova-lite-v1:0" });
