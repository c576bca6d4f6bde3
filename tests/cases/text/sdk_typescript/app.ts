import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { FAST, models as known } from "./config";
import settings from "./settings.js";

const client = new BedrockRuntimeClient({});
const MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const base = { modelId: MODEL, inferenceConfig: { maxTokens: 200 } };

export async function literal() {
  return client.send(new ConverseCommand({ modelId: "us.amazon.nova-lite-v1:0", messages: [] }));
}
export async function constant(messages: Message[]) {
  const input = { ...base, messages };
  await client.send(new ConverseCommand(input));
  return client.send(new ConverseCommand({ ...base, messages }));
}
export async function imported() {
  await client.send(new ConverseCommand({ modelId: FAST }));
  return client.send(new ConverseCommand({ modelId: known.deep }));
}
export async function chosen(big: boolean) {
  return client.send(new InvokeModelCommand({ modelId: big ? "us.amazon.nova-pro-v1:0" : MODEL }));
}
export async function defaulted(modelId = "us.amazon.nova-micro-v1:0") {
  return client.send(new ConverseCommand({ modelId }));
}
export async function passed(modelId: string) {
  return client.send(new ConverseCommand({ modelId }));
}
export async function built(request: ConverseCommandInput) {
  return client.send(new ConverseCommand(request));
}
export async function scoped(region: string) {
  const scope = region.startsWith("eu") ? "eu" : "us";
  return client.send(new ConverseCommand({ modelId: `${scope}.amazon.nova-lite-v1:0` }));
}
export class Asker {
  private readonly modelId: string;
  constructor(props: Props) {
    this.modelId = props.modelId ?? "us.amazon.nova-premier-v1:0";
  }
  ask() {
    return client.send(new ConverseCommand({ modelId: this.modelId }));
  }
}
export const external = () => new ConverseCommand({ modelId: settings.model });
