"""# blind-model-swap

## What it does

Compared with a git ref (`scan --diff REF`), reports a route that takes another model than it did, where no evaluation record
that counts speaks of the new model on the route's workload. In code and in infrastructure; renamed files and moved code are
followed. Another scope prefix of the same model is no swap, and a permission is no route. A record counts while it is young
enough and its dataset, prompt and metric are those of today; what it shows is `quality-below-minimum`'s to judge.

## Why it costs

A model that is swapped without a test fails in production, in front of users, and is swapped back in a hurry to the dear one.

## Example

    -client.converse(modelId="anthropic.claude-opus-5-5", messages=messages)
    +client.converse(modelId="anthropic.claude-haiku-5-5", messages=messages)

## Use instead

Run both models on the workload's golden dataset and commit the record with the swap:

    version: 1
    workload: ticket-triage
    date: 2026-11-02
    metric: accuracy
    sample_size: 900
    dataset: {path: evals/triage/golden.jsonl, sha256: 5145...}
    from: {model: anthropic.claude-opus-5-5, score: {value: 0.952}}
    to: {model: anthropic.claude-haiku-5-5, score: {value: 0.954}}
    pairs: {both: 838, from_only: 19, to_only: 21, neither: 22}

## Policy keys

`evidence.folder`, `evidence.max_age_days`, `workloads.*.routes`, `workloads.*.evaluation`

## References

`docs/policy.md`, sections Workloads and Evidence
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import evidence
from routelint.changes import Swap
from routelint.model import Choice, Kind, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.missing_golden_dataset import AGENT, CALL, DATASET
from routelint_rules.stale_evidence import PLACE, POLICY, RECORD, TRIAGE

MOST_REJECTED = 5

OPUS_CALL = {**TRIAGE, "triage/app.py": CALL.format(model="anthropic.claude-opus-5-5")}
OPUS_AGENT = {"triage/main.tf": AGENT.format(model="anthropic.claude-opus-5-5"), "evals/golden.jsonl": DATASET}
HAIKU_AGENT = {"triage/main.tf": AGENT.format(model="anthropic.claude-haiku-5-5"), "evals/golden.jsonl": DATASET}


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per new model of a route that nothing shows to do the work."""
    for swap in context.swaps or ():
        if swap.reference.kind not in (Kind.GRANT, Kind.DEFAULT):
            for choice in _new(swap, context):
                breach = _breach(swap, choice, context)
                if breach is not None:
                    yield swap.reference, breach


def _new(swap: Swap, context: Context) -> Iterator[Choice]:
    """The choices whose model the route did not take before, each model once; nothing where it took none that is known."""
    seen = {evidence.identity(choice.model, context.catalog) for choice in swap.before}
    if not seen:
        return
    for choice in swap.after:
        name = evidence.identity(choice.model, context.catalog)
        if name is not None and name not in seen:
            seen.add(name)
            yield choice


def _breach(swap: Swap, choice: Choice, context: Context) -> Breach | None:
    """That a new model was not evaluated; None where it was, and where the records are out of reach."""
    reference, policy, records = swap.reference, context.policy, context.evidence
    environments = swap.environments or context.environments(reference, choice)
    before = ", ".join(dict.fromkeys(f"'{each.model.id}'" for each in swap.before))
    fact = f"'{choice.model.id}' replaces {before}"
    workload = None if reference.workload is None else policy.workload(reference.workload)
    if workload is None or records is None:
        way_out = "declare a workload with an evaluation dataset for it, and add a record with the swap"
        return Breach(
            f"{fact} without an evaluation, because the route belongs to no declared workload; {way_out}", choice, environments
        )
    name = evidence.identity(choice.model, context.catalog)
    if not records.in_reach or name is None:
        return None
    standing = evidence.stand(records, workload, name, policy, context.today)
    if standing.record is not None:
        return None
    dataset = "a dataset" if workload.evaluation is None else f"'{workload.evaluation.dataset}'"
    lack = "and no evaluation of it counts" if standing.rejected else "without an evaluation"
    return Breach(
        f"{fact} {lack} on workload '{workload.name}'; evaluate it on {dataset} and add the record to "
        f"'{policy.evidence.folder}'",
        choice,
        environments,
        related=tuple(
            Related(each.location, f"this evaluation {'; it '.join(each.clauses)}")
            for each in standing.rejected[:MOST_REJECTED]
        ),
    )


RULE = Rule(
    id="blind-model-swap",
    summary="A route that takes another model, and nobody has tested it",
    severity=Severity.ERROR,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a swap without a record",
            {path: text for path, text in TRIAGE.items() if path != PLACE},
            ("triage/app.py:4",),
            policy=POLICY,
            before=OPUS_CALL,
        ),
        Example("a swap with its record", TRIAGE, policy=POLICY, before=OPUS_CALL),
        Example("a swap back to the model compared with", OPUS_CALL, policy=POLICY, before=TRIAGE),
        Example(
            "a record of another model, for an agent",
            {**HAIKU_AGENT, PLACE: RECORD.replace("claude-haiku-5-5", "claude-sonnet-5-5")},
            ("triage/main.tf:2",),
            policy=POLICY,
            before=OPUS_AGENT,
        ),
        Example(
            "a record that counts no more, for an agent",
            {**HAIKU_AGENT, PLACE: RECORD.replace("2026-11-02", "2026-01-02")},
            ("triage/main.tf:2",),
            policy=POLICY,
            before=OPUS_AGENT,
        ),
        Example("an agent's swap with its record", {**HAIKU_AGENT, PLACE: RECORD}, policy=POLICY, before=OPUS_AGENT),
        Example(
            "a swap on a route of no workload",
            {"app.py": TRIAGE["triage/app.py"]},
            ("app.py:4",),
            before={"app.py": OPUS_CALL["triage/app.py"]},
        ),
        Example(
            "another scope of the same model",
            {"triage/app.py": CALL.format(model="us.anthropic.claude-opus-5-5")},
            policy=POLICY,
            before=OPUS_CALL,
        ),
        Example("a new route", {"triage/new.py": TRIAGE["triage/app.py"]}, policy=POLICY, before={}),
        Example("nothing to compare with", {"triage/app.py": TRIAGE["triage/app.py"]}, policy=POLICY),
    ),
)
