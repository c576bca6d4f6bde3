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

// Behind a type, and without the prefix that names a geography.
export const PROFILES: readonly string[] = ["global.anthropic.claude-sonnet-4-6", "global.amazon.nova-2-lite-v1:0"];
const plain = (id: string) => id.replace(/^(global|us)\./, "");

export function profileArns(region: string, account: string): string[] {
  const arns: string[] = [];
  for (const id of PROFILES) {
    arns.push(`arn:aws:bedrock:${region}:${account}:inference-profile/${id}`);
    arns.push(`arn:aws:bedrock:*::foundation-model/${plain(id)}`);
  }
  return arns;
}
