import { ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { buildRequest, byRegion, Model, modelFor, pick, Registry, required } from "./models";

const registry = new Registry("us.amazon.nova-premier-v1:0");

// One task of two: the other's model is not taken.
export const triage = () => new ConverseCommand({ modelId: modelFor("triage") });
export const contract = () => new ConverseCommand({ modelId: modelFor("contract") });
// Which branch is taken cannot be told.
export const either = (big: boolean) => new ConverseCommand({ modelId: pick(big) });
export const surely = () => new ConverseCommand({ modelId: pick(true) });
export const european = () => new ConverseCommand({ modelId: byRegion("eu") });
export const elsewhere = () => new ConverseCommand({ modelId: byRegion("ap") });
export const omitted = () => new ConverseCommand({ modelId: required() });
export const given = () => new ConverseCommand({ modelId: required("us.amazon.nova-lite-v1:0") });
export const built = () => new ConverseCommand(buildRequest(Model.Fast));
export const method = () => new ConverseCommand({ modelId: registry.chat() });
export const fixed = () => new InvokeModelCommand({ modelId: Registry.embedding(), body: "{}" });
export const recursive = (n: number): string => (n > 0 ? recursive(n - 1) : "us.amazon.nova-lite-v1:0");
export const rounds = () => new ConverseCommand({ modelId: recursive(3) });
export const outside = () => new ConverseCommand({ modelId: chosenElsewhere() });
