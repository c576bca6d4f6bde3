import { aws_bedrock as bedrock } from "aws-cdk-lib";

export interface AssistantProps {
  readonly model: string;
}

export class Assistant extends Construct {
  constructor(scope: Construct, id: string, { model }: AssistantProps) {
    super(scope, id);
    new bedrock.CfnAgent(this, "Agent", { agentName: "assistant", foundationModel: model });
  }
}
