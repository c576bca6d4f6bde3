import boto3


class Base:
    MODEL = None
    JUDGE = "us.amazon.nova-premier-v1:0"

    def __init__(self, client, draft="amazon.nova-micro-v1:0"):
        self.client = client
        self._draft = draft

    @property
    def draft(self):
        return self._draft

    @classmethod
    def judge(cls):
        return cls.JUDGE

    def ask(self, prompt):
        self.client.converse(modelId=self.model(), messages=[prompt])
        self.client.converse(modelId=self.draft, messages=[prompt])
        return self.client.converse(modelId=self.judge(), messages=[prompt])

    def model(self):
        return self.MODEL


class Chat(Base):
    MODEL = "amazon.nova-lite-v1:0"


class Review(Base):
    def __init__(self, client):
        super().__init__(client, draft="us.amazon.nova-lite-v1:0")

    def model(self):
        return "amazon.nova-pro-v1:0"


client = boto3.client("bedrock-runtime")
Chat(client).ask("a")
Review(client).ask("b")

held = Chat(client)
held.override = "us.amazon.nova-pro-v1:0"
client.converse(modelId=held.override, messages=[])


def fill(holder):
    holder.title = "us.amazon.nova-micro-v1:0"


fill(held)
client.converse(modelId=held.title, messages=[])
