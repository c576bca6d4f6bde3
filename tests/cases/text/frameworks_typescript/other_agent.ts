import { Agent } from "./agents";
import { bedrock } from "./minecraft";

const mine = new Agent({ systemPrompt: "not the one of a framework" });
const block = bedrock("stone");
