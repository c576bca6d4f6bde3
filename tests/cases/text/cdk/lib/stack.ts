import * as cdk from "aws-cdk-lib";
import * as bedrock from "@aws-cdk/aws-bedrock-alpha";

export class TriageStack extends cdk.Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const modelId = new cdk.CfnParameter(this, "ModelId", {
      type: "String",
      default: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
      allowedValues: ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.amazon.nova-pro-v1:0"],
    });
    const fn = new lambda.Function(this, "Triage", {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: "triage.handler",
      code: lambda.Code.fromAsset("src"),
      environment: { MODEL_ID: modelId.valueAsString, TABLE: "t" },
    });
    fn.addEnvironment("EMBED_MODEL_ID", "amazon.titan-embed-text-v2:0");
    fn.addToRolePolicy(new iam.PolicyStatement({
      actions: ["bedrock:InvokeModel"],
      resources: [
        `arn:aws:bedrock:${this.region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0`,
        `arn:aws:bedrock:*:${this.account}:inference-profile/*`,
        `arn:aws:bedrock:${this.region}::foundation-model/${modelId.valueAsString}`,
      ],
    }));
    fn.addToRolePolicy(new iam.PolicyStatement({ actions: ["bedrock:InvokeModel*"], resources: ["*"] }));
    fn.addToRolePolicy(new iam.PolicyStatement({ actions: ["s3:GetObject"], resources: ["*"] }));
    new bedrock.Agent(this, "Agent", {
      foundationModel: bedrock.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0,
    });
    const profile = bedrock.CrossRegionInferenceProfile.fromConfig({
      geoRegion: bedrock.CrossRegionInferenceProfileRegion.EU,
      model: bedrock.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0,
    });
    new bedrock.Agent(this, "Other", { foundationModel: profile });
  }
}
