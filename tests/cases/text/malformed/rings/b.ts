export * from "./a";
export * from "./b";
export * from "./b";
export * from "./a";
