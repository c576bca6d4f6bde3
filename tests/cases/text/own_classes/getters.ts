import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const MODELS = { fast: "us.amazon.nova-micro-v1:0", good: "us.amazon.nova-pro-v1:0" };

class Settings {
  static get judge(): string {
    return "us.amazon.nova-premier-v1:0";
  }
}

export class Adapter {
  private readonly tier = "good";

  private get modelId(): string {
    return MODELS[this.tier];
  }

  async run(text: string) {
    await client.send(new ConverseCommand({ modelId: this.modelId, messages: [text] }));
    return client.send(new ConverseCommand({ modelId: Settings.judge, messages: [text] }));
  }
}
