from agents import Agent, ChatBedrock, converse

Agent(role="writer", model="amazon.nova-lite-v1:0")
ChatBedrock(model_id="amazon.nova-pro-v1:0")
converse(modelId="amazon.nova-micro-v1:0")
