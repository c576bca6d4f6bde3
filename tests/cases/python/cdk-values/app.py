import aws_cdk as cdk

from stacks.agent import Agents

app = cdk.App()
Agents(app, "Agents", model_id=app.node.try_get_context("model_id"))
app.synth()
