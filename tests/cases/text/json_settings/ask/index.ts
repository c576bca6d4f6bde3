import { ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";

const settings = JSON.parse(process.env.SETTINGS ?? "{}");
export const handler = () => new ConverseCommand({ modelId: settings.agents.chat.modelId });
export const embed = () => new InvokeModelCommand({ modelId: settings.agents.embed.modelId });
export const other = () => new InvokeModelCommand({ modelId: settings.agents.rerank.modelId });
