from functools import partial

from llm import Llm

small = Llm()
large = partial(Llm, "us.anthropic.claude-opus-4-1-20250805-v1:0")()
