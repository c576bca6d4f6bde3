import { Arn, Stack, StackProps } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";

const GRANTED = "amazon.nova-lite-v1:0";

function modelArns(modelId: string, stack: Stack): string[] {
  return [
    Arn.format({ service: "bedrock", account: "", resource: "foundation-model", resourceName: modelId }, stack),
    stack.formatArn({ service: "bedrock", resource: "inference-profile", resourceName: `us.${modelId}` }),
  ];
}

export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const model = StringParameter.fromStringParameterName(this, "Model", "/chat/model").stringValue;
    const ask = new NodejsFunction(this, "Ask", {
      entry: "lambda/ask.ts",
      environment: {
        CHAT_MODEL_ID: model,
        DRAFT_MODEL_ID: StringParameter.valueForStringParameter(this, "/chat/model"),
        // Nothing of the scan stores this one.
        OTHER_MODEL_ID: StringParameter.valueFromLookup(this, "/others/model"),
      },
    });
    ask.addToRolePolicy(
      new PolicyStatement({ actions: ["bedrock:InvokeModel"], resources: modelArns(GRANTED, this) }),
    );
  }
}
