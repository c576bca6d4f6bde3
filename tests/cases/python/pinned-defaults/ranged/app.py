from strands import Agent

agent = Agent(system_prompt="routes tickets")
named = Agent(model="amazon.nova-lite-v1:0")
nothing = Agent(model=None)
