import * as cdk from "aws-cdk-lib";
import { TriageStack } from "../lib/triage-stack";

const app = new cdk.App();
new TriageStack(app, "TriageStaging", { modelId: "us.amazon.nova-lite-v1:0" });
new TriageStack(app, "TriageProduction", { modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" });
