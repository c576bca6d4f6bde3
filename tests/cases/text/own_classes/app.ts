import { BedrockChat } from "@langchain/community/chat_models/bedrock";
import { readOptions } from "./elsewhere";

const options = readOptions();
// A route that cannot be told: this one is the library's.
export const chat = new BedrockChat(options);
