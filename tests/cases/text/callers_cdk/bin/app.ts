import * as cdk from "aws-cdk-lib";
import { ChatStack } from "../lib/chat-stack";

const app = new cdk.App();
new ChatStack(app, "ChatDev", { stage: "dev", modelId: "us.amazon.nova-micro-v1:0" });
new ChatStack(app, "ChatProd", { stage: "prod", modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", deep: true });
