import * as lambda from "aws-cdk-lib/aws-lambda";

const agents = { chat: { modelId: "us.amazon.nova-lite-v1:0", region: this.region }, embed: { modelId: "amazon.titan-embed-text-v2:0" } };
new lambda.Function(this, "Ask", {
  runtime: lambda.Runtime.NODEJS_22_X,
  handler: "index.handler",
  code: lambda.Code.fromAsset("ask"),
  environment: { SETTINGS: JSON.stringify({ agents, retries: 3 }), TABLE: table.tableName },
});
