"""# missing-golden-dataset

## What it does

Reports a workload whose routes take a model of a tier that needs a justification (by default `premium`) and that has no golden
dataset: its entry in the policy declares none, or the file it declares is not in the repository. Once per workload.

## Why it costs

Without a dataset of questions and right answers nobody can show that a cheaper model is good enough, so the dear one stays.

## Example

    workloads:
      ticket-triage:
        routes: ["services/triage/**"]

## Use instead

Collect some hundred real samples with the answers they should have, and declare the file:

    workloads:
      ticket-triage:
        routes: ["services/triage/**"]
        evaluation: {dataset: evals/triage/golden.jsonl, metric: accuracy, minimum: 0.95}

## Policy keys

`workloads.*.evaluation.dataset`, `justification.tiers`, `tiers`

## References

`docs/policy.md`, sections Workloads and Evidence
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import evidence
from routelint.model import Location, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

MOST_ROUTES = 3

POLICY = """\
version: 1
workloads:
  ticket-triage:
    routes: ["triage/**"]
"""
DECLARED = f"{POLICY}    evaluation: {{dataset: evals/golden.jsonl}}\n"
DATASET = '{"id": 1, "input": "where is my refund?", "target": "billing"}\n'
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
AGENT = """\
resource "aws_bedrockagent_agent" "triage" {{
  foundation_model = "{model}"
}}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per workload that takes a premium model and has no dataset to test a cheaper one with."""
    policy = context.policy
    if not policy.workloads:
        return
    told: set[str] = set()
    for used in evidence.in_use(context.references, policy, context.catalog):
        workload, tier = used.workload, context.tier(used.choice)
        if workload.name in told or tier is None or tier not in policy.justification.tiers:
            continue
        evaluation = workload.evaluation
        place = used.references[0].location
        if evaluation is None:
            place = workload.location or place
            gap, way_out = "declares no evaluation dataset", "declare one, so that a cheaper model can be tested"
        elif context.evidence is not None and context.evidence.lack(evaluation.dataset):
            place = evaluation.location or place
            gap, way_out = f"has no dataset: there is no file '{evaluation.dataset}'", "add it, or name the file there is"
        else:
            continue
        told.add(workload.name)
        related = tuple(Related(each.location, f"takes a {tier} model") for each in used.references[:MOST_ROUTES])
        message = f"workload '{workload.name}' takes '{used.choice.model.id}', a {tier} model, and {gap}; {way_out}"
        yield _at(place, used.references[0]), Breach(message, used.choice, related=related)


def _at(place: Location, reference: ModelReference) -> Place:
    """The policy's place where the scan holds it, else the route."""
    return Place.at(place) if place.in_scan else Place(reference.location, reference.statement, reference.root)


RULE = Rule(
    id="missing-golden-dataset",
    summary="A premium workload without a dataset to test a cheaper model with",
    severity=Severity.NOTE,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a premium call of a workload without a dataset",
            {"triage/app.py": CALL.format(model="anthropic.claude-opus-5-5")},
            ("routelint.yaml:3",),
            policy=POLICY,
        ),
        Example(
            "a premium agent whose dataset is not there",
            {"triage/main.tf": AGENT.format(model="anthropic.claude-opus-5-5")},
            ("routelint.yaml:5",),
            policy=DECLARED,
        ),
        Example(
            "a premium call with its dataset",
            {"triage/app.py": CALL.format(model="anthropic.claude-opus-5-5"), "evals/golden.jsonl": DATASET},
            policy=DECLARED,
        ),
        Example(
            "a dataset that is kept elsewhere",
            {"triage/main.tf": AGENT.format(model="anthropic.claude-opus-5-5")},
            policy=DECLARED.replace("evals/golden", "s3://evals-bucket/golden"),
        ),
        Example(
            "an economy call of a workload without a dataset",
            {"triage/app.py": CALL.format(model="amazon.nova-micro-v1:0")},
            policy=POLICY,
        ),
        Example(
            "a premium call of no workload",
            {"other/app.py": CALL.format(model="anthropic.claude-opus-5-5")},
            policy=POLICY,
        ),
    ),
)
