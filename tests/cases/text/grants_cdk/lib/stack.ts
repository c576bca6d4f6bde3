import * as cdk from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import { ALLOWED, BY_TASK, allowedArns, profileArns } from "./models";

interface Props extends cdk.StackProps {
  modelIds: string[];
}

export class Permissions extends cdk.Stack {
  constructor(scope: cdk.App, id: string, props: Props) {
    super(scope, id, props);
    // Each model of a list, by a function without parentheses, and with what the app passes behind it.
    const mapped = new iam.PolicyStatement({
      actions: ["bedrock:InvokeModel"],
      resources: [
        ...ALLOWED.map((each) => `arn:aws:bedrock:${this.region}::foundation-model/${each}`),
        ...props.modelIds.filter(Boolean).map(id => `arn:aws:bedrock:*::foundation-model/${id}`),
      ],
    });
    // A function of another file that puts them together.
    const called = new iam.PolicyStatement({ actions: ["bedrock:InvokeModel*"], resources: allowedArns(this.region) });
    // The values of an object.
    const values = new iam.PolicyStatement({
      actions: ["bedrock:Converse*"],
      resources: Object.values(BY_TASK).map((task) => `arn:aws:bedrock:*::foundation-model/${task}`),
    });
    const entries: string[] = [];
    for (const [task, model] of Object.entries(BY_TASK)) {
      entries.push(`arn:aws:bedrock:*::foundation-model/${model}`);
    }
    const listed = new iam.PolicyStatement({ actions: ["bedrock:InvokeModel"], resources: entries });
    // A name for one resource, and a document in the form of IAM.
    const arn = "arn:aws:bedrock:*::foundation-model/amazon.titan-embed-text-v2:0";
    const plain = { Effect: "Allow", Action: "bedrock:InvokeModel", Resource: arn };
    // Only the deployment knows this one.
    const open = new iam.PolicyStatement({ actions: ["bedrock:InvokeModel"], resources: [process.env.MODEL_ARN!] });
    // Both forms of each profile, and ARNs that are joined of parts.
    const profiles = new iam.PolicyStatement({ actions: ["bedrock:InvokeModel"], resources: profileArns(this.region, this.account) });
    const parts = new iam.PolicyStatement({
      actions: ["bedrock:InvokeModel"],
      resources: [
        cdk.Fn.join("", ["arn:aws:bedrock:", this.region, "::foundation-model/", ALLOWED[0]]),
        ["arn:aws:bedrock:*:", "foundation-model/" + BY_TASK.rank].join(":"),
      ],
    });
    // A resource of the stack itself, in a document in the form of CloudFormation.
    const made = { Effect: "Allow", Action: ["bedrock:InvokeModel"], Resource: { "Fn::GetAtt": ["Custom", "modelArn"] } };
    // Every resource of Bedrock, written as short as IAM lets it be.
    const all = new iam.PolicyStatement({ actions: ["bedrock:*"], resources: ["arn:aws:bedrock:*", "arn:aws:bedrock:us-east-1:*"] });
    // No grants: what is denied, and what invokes no model.
    const denied = new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ["bedrock:InvokeModel"], resources: entries });
    const agent = new iam.PolicyStatement({ actions: ["bedrock:InvokeAgent"], resources: [props.modelIds[0]] });
    this.add(mapped, called, values, listed, plain, open, denied, agent, profiles, parts, made, all);
  }
}
