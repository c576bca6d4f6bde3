"""# implicit-model

## What it does

Reports a route at which no model is written, so that the library's built-in default applies. Names the default of the version
that the repository pins, or says that the default depends on the version.

## Why it costs

A library's authors choose a default that makes their examples shine, often the flagship, and change it in a minor release. What
is billed then changes with an upgrade that nobody reads as a change of model.

## Example

    from strands import Agent

    agent = Agent(tools=[search])

## Use instead

Write the model down, so that it is chosen, reviewed and stays:

    agent = Agent(model="global.anthropic.claude-haiku-5-5", tools=[search])

## Policy keys

None: the rule asks for a model to be written, whichever it is.

## References

`docs/resolution.md`, section Python
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

AGENT = """\
from strands import Agent

agent = Agent({arguments})
"""
LOOKED_AT = """\
from strands import Agent

parameters = inspect.signature(Agent).parameters
"""
TYPESCRIPT = """\
import {{ Agent }} from "@strands-agents/sdk";

const agent = new Agent({{ {arguments} }});
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per default that applies because nothing is written; one where which of them applies cannot be told."""
    if reference.kind is not Kind.IMPLICIT:
        return
    call = reference.sink.rpartition(".")[0] or reference.sink
    for choice in reference.choices:
        tier = context.tier(choice)
        default = f"its default '{choice.model.id}'" + (f", a {tier} model," if tier is not None else "")
        yield Breach(
            f"no model is given to '{call}', so {default} applies; write the model down", choice, reference.environments
        )
    if reference.unknown is not None and not reference.choices:
        yield Breach(
            f"no model is given to '{call}', so its default applies, which cannot be told: {reference.unknown.reason}; "
            "write the model down",
            environments=reference.environments,
            trail=reference.unknown.trail,
        )


RULE = Rule(
    id="implicit-model",
    summary="No model is written, so the library's default applies",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("an agent without a model", {"app.py": AGENT.format(arguments="tools=[]")}, ("app.py:3",)),
        Example("an agent with a model", {"app.py": AGENT.format(arguments='model="amazon.nova-lite-v1:0"')}),
        Example(
            "an agent without a model, the version pinned",
            {"app.py": AGENT.format(arguments="tools=[]"), "requirements.txt": "strands-agents==1.10.0\n"},
            ("app.py:3",),
        ),
        Example("an agent that is looked at, not made", {"app.py": "import inspect\n\n" + LOOKED_AT}),
        Example("a TypeScript agent without a model", {"app.ts": TYPESCRIPT.format(arguments="tools: []")}, ("app.ts:3",)),
    ),
)
