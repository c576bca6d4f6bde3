import { Stack, StackProps } from "aws-cdk-lib";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { Construct } from "constructs";

export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    // The bundle of a function holds what its entry imports, from other folders too.
    new NodejsFunction(this, "Ask", {
      entry: "lambda/ask/index.ts",
      environment: { MODEL_ID: "us.amazon.nova-pro-v1:0" },
    });
    // This one imports nothing of them.
    new NodejsFunction(this, "Ping", {
      entry: "lambda/ping.ts",
      environment: { MODEL_ID: "us.amazon.nova-premier-v1:0" },
    });
  }
}
