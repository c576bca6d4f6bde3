export * from "./bedrock";
