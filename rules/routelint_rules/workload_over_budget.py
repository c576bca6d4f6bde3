"""# workload-over-budget

## What it does

Prices the volume that the policy declares for a workload on the models its routes take in production (or where nothing says
which environment), and reports a workload that costs more than its `budget_usd_per_month`. The arithmetic is shown. Where
routes take several models, the budget must be exceeded even if the whole volume took the cheapest of them. Without a declared
volume, or without a known price, nothing is said.

## Why it costs

A budget that is exceeded by design is found in the bill a month later. The numbers to see it are in the repository the day the
model is chosen.

## Example

    workloads:
      contract-review:
        routes: ["review/**"]
        volume: {requests_per_month: 300000, input_tokens: 9000, output_tokens: 800}
        budget_usd_per_month: 400

    # review/app.py
    client.converse(modelId="global.anthropic.claude-opus-5-5", messages=messages)

## Use instead

A cheaper model, a smaller prompt, or a budget that finance has agreed to.

## Policy keys

`workloads.<name>.volume`, `workloads.<name>.budget_usd_per_month`, `prices`

## References

`routelint inventory --explain-cost` shows the arithmetic of every workload
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import spend
from routelint.model import Location, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

POLICY = """\
version: 1
workloads:
  contract-review:
    routes: ["review/**"]
    owner: legal
    volume: {{requests_per_month: 300000, input_tokens: 9000, output_tokens: 800}}
    budget_usd_per_month: {budget}
"""
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="global.anthropic.claude-opus-5-5", messages=[])
"""
TERRAFORM = """\
resource "aws_bedrockagent_agent" "review" {
  foundation_model = "anthropic.claude-opus-5-5"
}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per workload and environment whose cheapest reading is above the budget."""
    production = context.policy.environment("production")
    for estimate in spend.estimates(context.references, context.policy, context.catalog, context.today):
        budget, least = estimate.workload.budget_usd_per_month, estimate.least
        if budget is None or least is None or least <= budget or estimate.environment not in (None, production):
            continue
        cheapest = min(
            (option.spend for option in estimate.options if option.spend is not None), key=lambda each: each.usd_per_month
        )
        option = next(option for option in estimate.options if option.spend is cheapest)
        first, *others = sorted(option.references, key=lambda each: each.location)
        choice = next(each for each in first.choices if each.model.id == option.identifier)
        way_out = (
            f"; '{option.substitute.identifier}' would cost ${option.substitute.usd_per_month:,.2f}"
            if option.substitute is not None
            else ""
        )
        yield (
            first,
            Breach(
                f"workload '{estimate.workload.name}' costs ${least:,.2f} a month with '{option.identifier}', "
                f"above its budget of ${budget:,.2f}{way_out}",
                choice,
                () if estimate.environment is None else (estimate.environment,),
                notes=cheapest.arithmetic,
                related=(
                    *_declared(estimate.workload.location),
                    *(Related(each.location, "takes the model too") for each in others),
                ),
            ),
        )


def _declared(location: Location | None) -> Iterator[Related]:
    if location is not None:
        yield Related(location, "declares volume and budget")


RULE = Rule(
    id="workload-over-budget",
    summary="A workload whose declared volume costs more than its budget",
    severity=Severity.ERROR,
    category=Category.BUDGET,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("above the budget", {"review/app.py": CALL}, ("review/app.py:3",), POLICY.format(budget=400)),
        Example("within the budget", {"review/app.py": CALL}, (), POLICY.format(budget=40000)),
        Example("an agent above the budget", {"review/main.tf": TERRAFORM}, ("review/main.tf:2",), POLICY.format(budget=400)),
        Example("another workload", {"app.py": CALL}, (), POLICY.format(budget=400)),
    ),
)
