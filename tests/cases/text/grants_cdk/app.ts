import * as cdk from "aws-cdk-lib";
import { Permissions } from "./lib/stack";

const app = new cdk.App();
new Permissions(app, "Permissions", { modelIds: ["amazon.nova-premier-v1:0"] });
