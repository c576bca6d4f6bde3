"""Classes with one base: what makes one of them says nothing of the others."""

import boto3

client = boto3.client("bedrock-runtime")


class Asked:
    def __init__(self, model_id):
        self.model_id = model_id


class Lite(Asked):
    def ask(self):
        return client.converse(modelId=self.model_id, messages=[])


class Micro(Asked):
    def ask(self):
        return client.converse(modelId=self.model_id, messages=[])


class Passing(Asked):
    def __init__(self, model="amazon.nova-pro-v1:0"):
        super().__init__(model)


class Below(Passing):
    def ask(self):
        return client.converse(modelId=self.model_id, messages=[])


class NeverMade(Asked):
    def ask(self):
        return client.converse(modelId=self.model_id, messages=[])


Lite("amazon.nova-lite-v1:0")
Micro("amazon.nova-micro-v1:0")
Below("amazon.nova-premier-v1:0")
Below()
