from agno.agent import Agent
from agno.models.anthropic import Claude as FirstParty
from agno.models.aws import AwsBedrock, Claude

a = Agent(model=AwsBedrock())
b = Agent(model=Claude(id="us.anthropic.claude-haiku-4-5-20251001-v1:0"))
c = Agent(model=FirstParty(id="claude-sonnet-4-5"))
