"""# on-demand-for-batch-work

## What it does

Reports a call that is made once per record of a collection, at the on-demand price, with a model that has a batch or flex
price. The shape that counts is a loop around the call in the same function. Where the call names a service tier the rule is
silent.

## Why it costs

Batch inference and the flex tier cost about half of on-demand for work that nobody waits for.

## Example

    for ticket in tickets:
        client.converse(modelId=model, messages=to_messages(ticket))

## Use instead

Write the records to a file and start one batch job, or ask for the flex tier where the model has it:

    client.converse(modelId=model, messages=to_messages(ticket), serviceTier={"type": "flex"})

## Policy keys

`rules.on-demand-for-batch-work`

## References

`routelint catalog MODEL` shows a model's batch and flex prices
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.catalog import Model
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")


def sort(tickets):
    for ticket in tickets:
        client.converse(modelId="{model}", messages=[ticket]{more})
"""
TYPESCRIPT = """\
import {{ BedrockRuntimeClient, ConverseCommand }} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({{}});
for (const ticket of tickets) {{
  await client.send(new ConverseCommand({{ modelId: "{model}", messages: [ticket] }}));
}}
"""
CHEAPER = ("batch", "flex")


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model that the records of a loop take at the on-demand price."""
    settings = reference.settings
    if reference.kind is not Kind.INVOKE or "repeated" not in settings or "service_tier" in settings:
        return
    for choice in reference.choices:
        model = context.model(choice)
        saved = _saved(model) if model is not None else None
        if saved is not None:
            name, percent = saved
            yield Breach(
                f"'{choice.model.id}' is called once per record at the on-demand price; "
                f"for work that can wait, its {name} price is {percent:.0f} percent lower",
                choice,
                context.environments(reference, choice),
                notes=(settings["repeated"],),
            )


def _saved(model: Model) -> tuple[str, float] | None:
    """The cheapest price for work that can wait and by how many percent it is lower; None where there is none."""
    own = model.prices.regional or model.prices.list
    if own is None or not own.input:
        return None
    lower = [
        (100 * (1 - price.input / own.input), name)
        for name in CHEAPER
        if (price := model.prices.tiers.get(name)) is not None and price.input < own.input
    ]
    percent, name = max(lower, default=(0.0, ""))
    return (name, percent) if name else None


RULE = Rule(
    id="on-demand-for-batch-work",
    summary="Records processed one by one at the on-demand price",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a call per ticket", {"app.py": CALL.format(model="amazon.nova-lite-v1:0", more="")}, ("app.py:8",)),
        Example(
            "a call per ticket at the flex tier",
            {"app.py": CALL.format(model="amazon.nova-lite-v1:0", more=', serviceTier={"type": "flex"}')},
        ),
        Example(
            "one call", {"app.py": CALL.format(model="amazon.nova-lite-v1:0", more="").replace("for ticket in", "if ticket :=")}
        ),
        Example("a call per ticket in TypeScript", {"app.ts": TYPESCRIPT.format(model="amazon.nova-lite-v1:0")}, ("app.ts:5",)),
    ),
)
