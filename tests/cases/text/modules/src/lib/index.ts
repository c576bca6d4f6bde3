export * from "./defaults";
export { FAST as QUICK } from "./defaults";
