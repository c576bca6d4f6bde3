export const FAST = "us.amazon.nova-micro-v1:0";
export const DEEP = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
export default { modelId: "us.amazon.nova-pro-v1:0" };
