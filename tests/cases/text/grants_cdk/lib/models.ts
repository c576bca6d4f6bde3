// Which models are allowed: no choice of its own, but what the stack grants.
export const ALLOWED = ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"] as const;
export const BY_TASK = { chat: "amazon.nova-micro-v1:0", rank: "cohere.rerank-v3-5:0" };

export function allowedArns(region: string): string[] {
  const found: string[] = [];
  for (const id of ALLOWED) {
    found.push(`arn:aws:bedrock:${region}::foundation-model/${id}`);
  }
  return found;
}
