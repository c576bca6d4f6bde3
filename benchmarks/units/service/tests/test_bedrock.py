"""The assistant, with a client that plays answers back."""

from answers.bedrock import Assistant
from answers.settings import Settings


class Recorded:
    """A client that remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def converse(self, **arguments):
        """The same answer to everything."""
        self.asked.append(arguments)
        return {"output": {"message": {"content": [{"text": "It was sent on Monday."}]}}}


def test_answers_with_the_text_of_the_model():
    """What the model says is the answer."""
    client = Recorded()
    settings = Settings("us-east-1", "us.amazon.nova-2-lite-v1:0", "dev")
    assert Assistant(settings, client).answer("Where is it?", []) == "It was sent on Monday."
    assert client.asked[0]["modelId"] == settings.model_id
