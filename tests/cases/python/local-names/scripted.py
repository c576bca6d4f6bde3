"""A model of the repository's own that answers from a list: an agent that has it asks nobody."""

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from strands import Agent


class Scripted(BaseChatModel):
    answers: list = []

    def _generate(self, messages, **kwargs):
        return self.answers[0]


class Named:
    def __init__(self, model):
        self.model_id = model


create_agent(Scripted(answers=["yes"]), tools=[])
Agent(model=Scripted(answers=["no"]))
Agent(model=Named("amazon.nova-pro-v1:0"))
