"""The stack: variables by construct, by `add_environment`, and of a container whose image is built from a folder."""

import os

from aws_cdk import Stack, aws_ecs as ecs
from aws_cdk.aws_ecr_assets import DockerImageAsset

from stacks.functions import Functions

LARGE = "us.amazon.nova-premier-v1:0"


class AppStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        functions = Functions(self, "Functions")
        functions.answer.add_environment("MODEL_ID", LARGE)
        functions.title.add_environment(key="MODEL_ID", value="amazon.nova-micro-v1:0")
        functions.title.add_environment(key="TABLE", value="titles")
        image = DockerImageAsset(self, "Image", directory=os.path.join(os.path.dirname(__file__), "..", "worker"))
        task = ecs.FargateTaskDefinition(self, "Task")
        task.add_container(
            "Worker",
            image=ecs.ContainerImage.from_docker_image_asset(image),
            environment={"MODEL_ID": "us.amazon.nova-pro-v1:0"},
        )
