// const OLD_MODEL = "anthropic.claude-v2";
/** The model defaults to "us.amazon.nova-pro-v1:0". */
export type ModelId = "us.amazon.nova-lite-v1:0" | "us.amazon.nova-pro-v1:0";
export enum Model {
  NOVA_LITE = "us.amazon.nova-lite-v1:0",
  NOVA_PRO = "us.amazon.nova-pro-v1:0",
}
export const NOVA_LITE_V1 = "us.amazon.nova-lite-v1:0";
export const NOVA_PRO_V1 = "us.amazon.nova-pro-v1:0";
export const MODELS = ["us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"];
export const CARDS = [
  { name: "us.amazon.nova-lite-v1:0", dimensions: 1 },
  { name: "us.amazon.nova-pro-v1:0", dimensions: 2 },
];
export class Known {
  static readonly NOVA_MICRO_V1 = new BedrockModelCard("amazon.nova-micro-v1:0", { tools: true });
  static readonly NOVA_PREMIER_V1 = new BedrockModelCard("amazon.nova-premier-v1:0", { tools: true });
}
export const schema = z.enum(["us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"]);
export function price(model: string) {
  switch (model) {
    case "us.amazon.nova-lite-v1:0":
      return 1;
  }
  if (model === "us.amazon.nova-pro-v1:0" || model.includes("us.amazon.nova-premier-v1:0")) console.log("us.amazon.nova-pro-v1:0");
  return 2;
}
const preselected = MODELS.find((each) => each === "us.amazon.nova-lite-v1:0");
