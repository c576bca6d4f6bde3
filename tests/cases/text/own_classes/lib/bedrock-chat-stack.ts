import * as cdk from "aws-cdk-lib";
import { CfnAgent } from "aws-cdk-lib/aws-bedrock";

// A stack that is called like a class of LangChain.
export class BedrockChat extends cdk.Stack {
  constructor(scope: cdk.App, id: string, props: cdk.StackProps) {
    super(scope, id, props);
    new CfnAgent(this, "Agent", { agentName: "chat", foundationModel: "amazon.nova-lite-v1:0" });
  }
}
