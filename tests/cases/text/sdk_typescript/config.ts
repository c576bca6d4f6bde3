export const FAST = process.env.FAST_MODEL || "us.amazon.nova-micro-v1:0";
export const models = { deep: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" };
