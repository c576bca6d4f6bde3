import * as cdk from "aws-cdk-lib";
import * as bedrock from "aws-cdk-lib/aws-bedrock";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { Assistant } from "./assistant";

export interface ChatStackProps extends cdk.StackProps {
  stage: string;
  modelId: string;
  deep?: boolean;
}

export class ChatStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props: ChatStackProps) {
    super(scope, id, props);
    new bedrock.CfnAgent(this, "Triage", { agentName: "triage", foundationModel: props.modelId });
    new Assistant(this, "Assistant", {
      // Only production pays for the better model.
      model: props.stage === "prod" ? "us.anthropic.claude-opus-4-1-20250805-v1:0" : "us.amazon.nova-lite-v1:0",
    });
    new NodejsFunction(this, "Ask", {
      entry: "src/ask.ts",
      environment: { MODEL_ID: props.modelId, SUMMARY_MODEL_ID: props.deep ? "us.amazon.nova-premier-v1:0" : "us.amazon.nova-pro-v1:0" },
    });
  }
}
