import { bedrock } from "@cdklabs/generative-ai-cdk-constructs";
import * as cdk from "aws-cdk-lib";
import * as cfn from "aws-cdk-lib/aws-bedrock";
import { FoundationModel, FoundationModelIdentifier } from "aws-cdk-lib/aws-bedrock";

const profile = new bedrock.ApplicationInferenceProfile(this, "Chat", {
  applicationInferenceProfileName: "chat",
  modelSource: bedrock.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V1_0,
});
const low = new cfn.CfnApplicationInferenceProfile(this, "Low", {
  inferenceProfileName: "low",
  modelSource: { copyFrom: `arn:aws:bedrock:${this.region}::foundation-model/amazon.nova-lite-v1:0` },
});
new bedrock.Agent(this, "A", { foundationModel: profile });
new cfn.CfnAgent(this, "B", { agentName: "b", foundationModel: low.attrInferenceProfileArn });
new cfn.CfnAgent(this, "C", {
  agentName: "c",
  foundationModel: FoundationModel.fromFoundationModelId(this, "M", FoundationModelIdentifier.ANTHROPIC_CLAUDE_3_HAIKU_20240307_V1_0).modelArn,
});
new bedrock.VectorKnowledgeBase(this, "K", {
  embeddingsModel: bedrock.BedrockFoundationModel.fromCdkFoundationModelId(
    new FoundationModelIdentifier("amazon.titan-embed-text-v2:0"),
    { supportsKnowledgeBase: true },
  ),
});
