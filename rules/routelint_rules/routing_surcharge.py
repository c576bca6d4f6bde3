"""# routing-surcharge

## What it does

Reports a route that reaches its model in a way that costs more than another way to the same model that the policy allows: the
bare id or a geographic profile (`us.`, `eu.`) where the global profile is cheaper.

## Why it costs

Several vendors charge about ten percent more where a request must stay in a geography. That is worth paying where data must
stay, and only there.

## Example

    client.converse(modelId="us.anthropic.claude-haiku-5-5", messages=messages)

## Use instead

Take the cheaper profile where the data may be processed in any commercial Region:

    client.converse(modelId="global.anthropic.claude-haiku-5-5", messages=messages)

Where it may not, say so for everyone: `models: {scopes: [us]}`.

## Policy keys

`models.scopes`, `prices.models`

## References

`routelint catalog MODEL` shows a model's price by scope
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.catalog import Model
from routelint.model import Choice, Form, Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])
"""
TEMPLATE = """\
Resources:
  Support:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: support
      FoundationModel: {model}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model that a cheaper scope reaches."""
    if reference.kind in (Kind.GRANT, Kind.PROVISION, Kind.DEFAULT):
        return
    for choice in reference.choices:
        model = context.model(choice)
        # A contract price holds whichever way the model is reached.
        if model is None or context.policy.prices.model(model.id) is not None:
            continue
        if choice.model.form not in (Form.BARE, Form.SYSTEM_PROFILE) or choice.model.context is not None:
            continue
        if choice.model.form is Form.BARE and model.on_demand is False:
            # Nobody can invoke it so: what completes the id with a profile decides the price.
            continue
        cheaper = _cheaper(model, choice, reference, context)
        if cheaper is not None:
            identifier, percent = cheaper
            yield Breach(
                f"'{choice.model.id}' costs {percent:.0f} percent more than '{identifier}', the same model by another profile; "
                "use that where the data may be processed elsewhere, or limit `models.scopes`",
                choice,
                context.environments(reference, choice),
            )


def _cheaper(model: Model, choice: Choice, reference: ModelReference, context: Context) -> tuple[str, float] | None:
    """The cheapest profile of the model and by how many percent the route's way is dearer; None where none is cheaper."""
    region = choice.model.region or reference.region
    own = model.price(choice.model.scope, region)
    if own is None or not own.input:
        return None
    mix = context.policy.prices.mix
    prices = [
        (mix.blended(price.input, price.output), f"{scope}.{model.id}")
        for scope in model.profiles
        if scope != choice.model.scope
        # Another geography's profile is not to be had from here.
        and (choice.model.scope is None or scope == "global")
        and context.policy.allows_scope(scope)
        and (price := model.price(scope, region)) is not None
    ]
    least, identifier = min(prices, default=(0.0, ""))
    dearer = cost.percent_more(mix.blended(own.input, own.output), least)
    return (identifier, dearer) if dearer is not None and dearer >= 1 else None


RULE = Rule(
    id="routing-surcharge",
    summary="Another profile of the same model costs less",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a geographic profile", {"app.py": CALL.format(model="us.anthropic.claude-haiku-5-5")}, ("app.py:3",)),
        Example("the global profile", {"app.py": CALL.format(model="global.anthropic.claude-haiku-5-5")}),
        Example(
            "a geographic profile in a template",
            {"template.yaml": TEMPLATE.format(model="eu.anthropic.claude-haiku-5-5")},
            ("template.yaml:6",),
        ),
        Example(
            "the policy allows no other scope",
            {"app.py": CALL.format(model="us.anthropic.claude-haiku-5-5")},
            policy="version: 1\nmodels: {scopes: [us]}\n",
        ),
        Example("a bare id that something completes with a profile", {"app.py": CALL.format(model="amazon.nova-2-lite-v1:0")}),
        Example("cheaper in another geography only", {"app.py": CALL.format(model="eu.amazon.nova-lite-v1:0")}),
        Example("a model whose profiles cost the same", {"app.py": CALL.format(model="us.amazon.nova-lite-v1:0")}),
    ),
)
