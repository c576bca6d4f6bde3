import * as cdk from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";

export class TriageStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props: TriageProps) {
    super(scope, id, props);
    new lambda.Function(this, "Triage", {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: "triage.handler",
      code: lambda.Code.fromAsset("src"),
      environment: { MODEL_ID: props.modelId, SETTINGS: JSON.stringify({ models: { embed: "amazon.titan-embed-text-v2:0" } }) },
    });
  }
}
