"""# stale-evidence

## What it does

Reports a model that a workload takes where evaluation records speak of it and none counts any more: each is older than the
policy allows, or ran on another dataset, on another content of it, with another prompt, or by another metric. Reported at the
newest of them. Where a file lies outside the repository its content cannot be compared, and the rest decides.

## Why it costs

A score is about one model, one prompt and one dataset. When one of them has changed, nobody knows whether the route still
does its work, and nobody can argue for a cheaper model from it.

## Example

    version: 1
    workload: ticket-triage
    date: 2026-01-10
    dataset: {path: evals/triage/golden.jsonl, sha256: 0f3c...}

## Use instead

Evaluate the model again on today's dataset and prompt, and add the new record beside the old one.

## Policy keys

`evidence.folder`, `evidence.max_age_days`, `workloads.*.evaluation.dataset`, `workloads.*.evaluation.metric`,
`workloads.*.evaluation.max_age_days`

## References

`docs/policy.md`, section Evidence
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import evidence
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.missing_golden_dataset import AGENT, CALL, DATASET

MOST_ROUTES = 3

POLICY = """\
version: 1
workloads:
  ticket-triage:
    routes: ["triage/**"]
    max_p95_latency_ms: 2500
    evaluation: {dataset: evals/golden.jsonl, metric: accuracy, minimum: 0.90}
"""
SHA256 = "514585aeb47b48d2872843ce665c8fc29d827d2ca71b5263b58f8bfa68710f0d"
RECORD = f"""\
version: 1
workload: ticket-triage
date: 2026-11-02
tool: inspect-ai 0.3.285
metric: accuracy
sample_size: 900
dataset:
  path: evals/golden.jsonl
  sha256: {SHA256}
from:
  model: anthropic.claude-opus-5-5
  score: {{value: 0.952}}
  latency_ms: {{p50: 1900, p95: 4100}}
to:
  model: global.anthropic.claude-haiku-5-5
  score: {{value: 0.954}}
  latency_ms: {{p50: 700, p95: 1900}}
pairs: {{both: 838, from_only: 19, to_only: 21, neither: 22}}
"""
PLACE = "evals/evidence/triage-haiku.yaml"
TRIAGE = {
    "triage/app.py": CALL.format(model="anthropic.claude-haiku-5-5"),
    "evals/golden.jsonl": DATASET,
    PLACE: RECORD,
}


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per model in use of a workload whose records all ceased to count."""
    records, policy = context.evidence, context.policy
    if records is None:
        return
    for used in evidence.in_use(context.references, policy, context.catalog):
        standing = evidence.stand(records, used.workload, used.identity, policy, context.today)
        if standing.record is not None or not standing.rejected:
            continue
        newest, *older = standing.rejected
        message = (
            f"no evaluation of '{used.choice.model.id}' on workload '{used.workload.name}' counts any more: "
            f"the newest {'; it '.join(newest.clauses)}; evaluate the model again"
        )
        related = [Related(each.location, f"takes '{used.choice.model.id}'") for each in used.references[:MOST_ROUTES]]
        related += [Related(each.location, f"this one {'; it '.join(each.clauses)}") for each in older]
        yield Place.at(newest.location), Breach(message, used.choice, related=tuple(related))


RULE = Rule(
    id="stale-evidence",
    summary="An evaluation that does not count any more",
    severity=Severity.WARNING,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a record older than the policy allows",
            {**TRIAGE, PLACE: RECORD.replace("2026-11-02", "2026-08-25")},
            (f"{PLACE}:3",),
            policy=POLICY,
        ),
        Example("a record on the last day it counts", {**TRIAGE, PLACE: RECORD.replace("11-02", "08-26")}, policy=POLICY),
        Example("a dataset that has changed", {**TRIAGE, "evals/golden.jsonl": DATASET * 2}, (f"{PLACE}:9",), policy=POLICY),
        Example(
            "a record of another dataset, for an agent",
            {
                "triage/main.tf": AGENT.format(model="anthropic.claude-haiku-5-5"),
                PLACE: RECORD.replace("evals/golden", "evals/other"),
            },
            (f"{PLACE}:9",),
            policy=POLICY,
        ),
        Example(
            "a prompt that has changed",
            {
                **TRIAGE,
                PLACE: f"{RECORD}prompt: {{path: triage/prompt.txt, sha256: {SHA256}}}\n",
                "triage/prompt.txt": "Name the team that answers.\n",
            },
            (f"{PLACE}:19",),
            policy=POLICY,
        ),
        Example("a record of today's dataset", TRIAGE, policy=POLICY),
        Example(
            "an old record of a model that is not in use",
            {
                **TRIAGE,
                "evals/evidence/old.yaml": RECORD.replace("11-02", "01-10").replace("claude-haiku-5-5", "nova-lite-v1:0"),
            },
            policy=POLICY,
        ),
        Example(
            "an old record beside a new one, for an agent",
            {
                "triage/main.tf": AGENT.format(model="anthropic.claude-haiku-5-5"),
                "evals/golden.jsonl": DATASET,
                PLACE: RECORD,
                "evals/evidence/old.yaml": RECORD.replace("2026-11-02", "2026-01-10"),
            },
            policy=POLICY,
        ),
    ),
)
