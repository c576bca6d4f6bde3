import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const region = process.env.AWS_REGION ?? "eu-west-1";
const family = "nova";
const base = { modelId: "us.amazon.nova-lite-v1:0", inferenceConfig: { maxTokens: 200 } } as const;
const settings = Object.freeze({ chat: { ...base, modelId: "us.amazon.nova-pro-v1:0" }, models: ["us.amazon.nova-micro-v1:0"] });
const { chat } = settings;
enum Size { Small = "small", Large = "large" }
const bySize: Record<Size, string> = {
  [Size.Small]: "us.amazon.nova-micro-v1:0",
  [Size.Large]: "us.amazon.nova-premier-v1:0",
};

export const spread = () => new ConverseCommand({ ...base, messages: [] });
export const overridden = () => new ConverseCommand({ ...base, modelId: "us.amazon.nova-pro-v1:0" });
export const nested = () => new ConverseCommand({ modelId: settings.chat.modelId });
export const destructured = () => new ConverseCommand({ modelId: chat.modelId });
export const item = () => new ConverseCommand({ modelId: settings.models[0] });
export const computed = () => new ConverseCommand({ modelId: bySize[Size.Large] });
export const parts = () => new ConverseCommand({ modelId: `us.amazon.${family}-lite-v1:0` });
export const arn = () =>
  new ConverseCommand({ modelId: `arn:aws:bedrock:${region}::foundation-model/amazon.nova-lite-v1:0` });
export const fallback = () => new ConverseCommand({ modelId: process.env.CHAT_MODEL ?? base.modelId });
export const optional = (big: boolean) => {
  const input = { ...base, ...(big && { modelId: "us.amazon.nova-premier-v1:0" }) };
  return new ConverseCommand(input);
};
export const changed = (big: boolean) => {
  const input = { modelId: "us.amazon.nova-lite-v1:0", messages: [] };
  if (big) {
    input.modelId = "us.amazon.nova-pro-v1:0";
  }
  return new ConverseCommand(input);
};
export const later = (big: boolean) => {
  let modelId: string;
  if (big) {
    modelId = "us.amazon.nova-pro-v1:0";
  } else {
    modelId = "us.amazon.nova-lite-v1:0";
  }
  return new ConverseCommand({ modelId });
};
export const missing = () => new ConverseCommand({ modelId: base.model });
export const absent = () => new ConverseCommand({ messages: [], ...{ system: [] } });
