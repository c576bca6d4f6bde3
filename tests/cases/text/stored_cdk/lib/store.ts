import { Stack } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";

const MODEL = "us.amazon.nova-lite-v1:0";

export function store(stack: Stack): void {
  new StringParameter(stack, "ChatModel", { parameterName: "/chat/model", stringValue: MODEL });
}
