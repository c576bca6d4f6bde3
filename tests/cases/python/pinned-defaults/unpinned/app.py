from strands import Agent

agent = Agent(system_prompt="routes tickets")
