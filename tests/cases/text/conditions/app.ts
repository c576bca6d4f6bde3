import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const isProduction = process.env.STAGE === "prod";
const MODELS = {
  dev: "us.amazon.nova-micro-v1:0",
  prod: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
};
// A default of the stage says nothing about where the code runs.
const stage = process.env.STAGE ?? "dev";

export const named = () =>
  new ConverseCommand({ modelId: isProduction ? "us.amazon.nova-premier-v1:0" : "us.amazon.nova-lite-v1:0" });
export const keyed = () => new ConverseCommand({ modelId: MODELS[stage] });
export const compared = (big: boolean) => new ConverseCommand({ modelId: big === true ? MODELS.prod : MODELS.dev });
export function guarded(environment: string) {
  return new ConverseCommand({ modelId: modelOf(environment) });
}
function modelOf(environment: string) {
  if (environment === "staging") return "us.amazon.nova-lite-v1:0";
  if (environment !== "prod") {
    return "us.amazon.nova-micro-v1:0";
  }
  return "us.amazon.nova-pro-v1:0";
}
