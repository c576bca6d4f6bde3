export enum Model {
  Fast = "us.amazon.nova-micro-v1:0",
  Deep = "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
}

export const TASKS = {
  triage: { modelId: Model.Fast, maxTokens: 200 },
  contract: { modelId: Model.Deep, maxTokens: 4000 },
} as const;

export function modelFor(task: "triage" | "contract") {
  return TASKS[task].modelId;
}

export const pick = (big: boolean): string => (big ? Model.Deep : Model.Fast);

export function byRegion(geography: string) {
  switch (geography) {
    case "eu":
      return "eu.amazon.nova-lite-v1:0";
    case "us":
      return "us.amazon.nova-lite-v1:0";
    default:
      return "apac.amazon.nova-lite-v1:0";
  }
}

export function required(modelId?: string): string {
  if (modelId === undefined) {
    return "us.amazon.nova-pro-v1:0";
  }
  return modelId;
}

export function buildRequest(modelId: string) {
  const request = { modelId, messages: [] };
  return request;
}

export class Registry {
  constructor(private readonly fallback: string) {}
  chat() {
    return this.fallback;
  }
  static embedding() {
    return "amazon.titan-embed-text-v2:0";
  }
}
