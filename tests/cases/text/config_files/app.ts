import * as fs from "fs";
import * as path from "path";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import settings from "./settings.json";

const schema = z.object({ bedrock: z.object({ modelId: z.string() }) });

function load(stage?: string) {
  const name = stage || "dev";
  const file = path.join(__dirname, "config", `${name}.json`);
  const result = schema.safeParse(JSON.parse(fs.readFileSync(file, "utf-8")));
  return result.data;
}

const config = load(app.node.tryGetContext("stage"));
export const loaded = () => new ConverseCommand({ modelId: config.bedrock.modelId });
export const imported = () => new ConverseCommand({ modelId: settings.models.chat });
export const context = () => new CfnAgent(this, "A", { foundationModel: app.node.tryGetContext("agentModel") });
export const unset = () => new CfnAgent(this, "B", { foundationModel: app.node.tryGetContext("otherModel") });
export const kept = () => new CfnAgent(this, "C", { foundationModel: app.node.tryGetContext("keptModel") });
