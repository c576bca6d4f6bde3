import { MODEL } from "./b";
export * from "./a";
export * from "./a";
export * from "./b";
new ConverseCommand({ modelId: MODEL });
