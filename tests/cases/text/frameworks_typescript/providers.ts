// Providers and clients under names of the program's own: what made them says whose they are.
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";

export const aws = createAmazonBedrock({ region: "eu-west-1" });
export const small = aws("eu.amazon.nova-micro-v1:0");
export const vectors = aws.textEmbeddingModel("amazon.titan-embed-text-v2:0");

let client: AnthropicBedrock | null = null;

export function getClient(): AnthropicBedrock {
  if (!client) {
    client = new AnthropicBedrock({ awsRegion: "eu-west-1" });
  }
  return client;
}

export async function ask(text: string) {
  await getClient().messages.create({
    model: "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
    max_tokens: 100,
    messages: [{ role: "user", content: text }],
  });
  const held = getClient();
  return held.messages.stream({ model: process.env.BEDROCK_WRITER, messages: [] });
}
