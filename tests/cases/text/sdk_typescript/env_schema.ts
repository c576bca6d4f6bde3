import { z } from "zod";
import { createEnv } from "@t3-oss/env-core";
import { cleanEnv, str } from "envalid";

const envSchema = z.object({
  REGION: z.string().default("us-east-1"),
  CHAT_MODEL_ID: z.string().min(1).default("us.amazon.nova-pro-v1:0"),
  TITLE_MODEL_ID: z.string(),
});

function parseEnv() {
  return envSchema.parse(process.env);
}

export const config = parseEnv();
export const env = createEnv({
  server: { JUDGE_MODEL_ID: z.string().default("us.amazon.nova-premier-v1:0") },
  runtimeEnv: process.env,
});
export const clean = cleanEnv(process.env, { DRAFT_MODEL_ID: str({ default: "us.amazon.nova-micro-v1:0" }) });
