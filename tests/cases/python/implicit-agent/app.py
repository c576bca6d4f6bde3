"""Nobody chose a model here: the pinned library does."""

from strands import Agent
from crewai import Agent as Writer

triage = Agent(system_prompt="Route the ticket.")
writer = Writer(role="Writer", goal="...", llm="bedrock/us.amazon.nova-pro-v1:0")
