import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";

const modelId = process.env.MODEL_ID;
export const handler = () => new InvokeModelCommand({ modelId, body: "{}" });
