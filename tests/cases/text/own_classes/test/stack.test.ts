import * as cdk from "aws-cdk-lib";
import { BedrockChat } from "../lib/bedrock-chat-stack";

const app = new cdk.App();
const props = makeProps(app);
// No route: the class is the repository's own and says itself which model it takes.
new BedrockChat(app, "Chat", props);
