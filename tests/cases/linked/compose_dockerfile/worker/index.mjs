import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";

export const embed = (body) => new InvokeModelCommand({ modelId: process.env.EMBED_MODEL_ID, body });
