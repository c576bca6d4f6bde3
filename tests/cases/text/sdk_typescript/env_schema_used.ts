import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { clean, config, env } from "./env_schema";

export const chat = (text: string) => client.send(new ConverseCommand({ modelId: config.CHAT_MODEL_ID, messages: [text] }));
export const title = (text: string) => client.send(new ConverseCommand({ modelId: config.TITLE_MODEL_ID, messages: [text] }));
export const judge = (text: string) => client.send(new ConverseCommand({ modelId: env.JUDGE_MODEL_ID, messages: [text] }));
export const draft = (text: string) => client.send(new ConverseCommand({ modelId: clean.DRAFT_MODEL_ID, messages: [text] }));
