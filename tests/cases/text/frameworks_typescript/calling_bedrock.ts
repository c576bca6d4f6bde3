import { generateText } from "ai";
import OpenAI from "openai";
import { aws as provider, getClient } from "./providers";

const MODEL = "eu.amazon.nova-pro-v1:0";
const other = new OpenAI();

export class Writer {
  private readonly client = getClient();

  write = (text: string) => this.client.beta.messages.create({ model: "eu.anthropic.claude-sonnet-4-20250514-v1:0", messages: [text] });
}

export const answer = (prompt: string) => generateText({ model: provider(MODEL), prompt });
export const elsewhere = () => other.messages.create({ model: "gpt-5-mini" });
