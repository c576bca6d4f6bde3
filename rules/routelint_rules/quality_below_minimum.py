"""# quality-below-minimum

## What it does

Reports a model that a workload takes and whose newest evaluation that counts shows too little: its score is below the
workload's minimum, or it is not shown to be no worse than the model it was compared with. The second is a test of
non-inferiority with three outcomes: *pass* where the confidence interval of the difference lies above the margin (nothing is
reported), *fail* where it lies below, and *not enough data* where it lies across; then the number of samples that would decide
is named. A difference that is not significant is not equality.

Paired results (`pairs` or `samples` of the record) are judged by Tango's score interval; without them the intervals of the two
scores decide, which needs several times as many samples.

## Why it costs

A cheaper model that does the work worse moves the cost to whoever mends its answers. A swap that rests on thirty samples
saves money by luck.

## Example

    minimum: 0.95
    to: {model: anthropic.claude-haiku-5-5, score: {value: 0.91}}

## Use instead

Evaluate on enough samples with both models on each, keep the paired counts in the record, and take the cheapest model that
passes.

## Policy keys

`workloads.*.evaluation.minimum`, `workloads.*.evaluation.margin`, `evidence.margin`, `evidence.confidence`

## References

Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design", Statistics in
Medicine 17 (1998); `docs/policy.md`, section Evidence
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from routelint import evidence
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.missing_golden_dataset import AGENT, DATASET
from routelint_rules.stale_evidence import MOST_ROUTES, PLACE, POLICY, RECORD, TRIAGE

if TYPE_CHECKING:
    from routelint.evidence import Arm, InUse, Record
    from routelint.noninferiority import Comparison

# Neighbouring tiers answer about one sample in ten differently: what a first plan assumes.
EXPECTED_DISCORDANT = 0.10

PAIRS = "both: 838, from_only: 19, to_only: 21, neither: 22"


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per model in use whose evaluation shows too little, by its minimum and by what it was compared with."""
    records, policy = context.evidence, context.policy
    if records is None:
        return
    for used in evidence.in_use(context.references, policy, context.catalog):
        record = evidence.stand(records, used.workload, used.identity, policy, context.today).record
        arm = None if record is None else record.arm(used.identity)
        if record is None or arm is None:
            continue
        related = tuple(Related(each.location, f"takes '{used.choice.model.id}'") for each in used.references[:MOST_ROUTES])
        below = _below_minimum(used, record, arm)
        message = below or (_no_worse(used, record, context) if arm is record.to_arm else None)
        if message is not None:
            yield Place.at(arm.location), Breach(message, used.choice, related=related)


def _below_minimum(used: InUse, record: Record, arm: Arm) -> str | None:
    evaluation = used.workload.evaluation
    if evaluation is None or evaluation.minimum is None or arm.score.value >= evaluation.minimum:
        return None
    return (
        f"'{used.choice.model.id}' scores {arm.score.value:g} in {record.metric} on workload '{used.workload.name}', below the "
        f"minimum of {evaluation.minimum:g}; take a model that reaches it, or improve the prompt and evaluate again"
    )


def _no_worse(used: InUse, record: Record, context: Context) -> str | None:
    """What the comparison lacks to be a pass; None where it passes or compares nothing that can be read."""
    if record.from_arm is None or record.pairs_unread:
        return None
    from routelint.noninferiority import Outcome, pairs_planned  # only a scan with evidence pays for it

    policy = context.policy
    margin = evidence.margin_of(used.workload, policy)
    new, old = f"'{used.choice.model.id}'", f"'{record.from_arm.model}'"
    where = f"on workload '{used.workload.name}'"
    comparison = evidence.compare(record, used.workload, policy)
    if comparison is None:
        size = pairs_planned(EXPECTED_DISCORDANT, margin, policy.evidence.confidence)
        return (
            f"not enough data to tell whether {new} is no worse than {old} {where}: the record has neither paired results nor "
            f"intervals; about {size} samples, both models on each, would do"
        )
    low, high = f"{comparison.interval.low:+.3f}", f"{comparison.interval.high:+.3f}"
    match comparison.outcome:
        case Outcome.PASS:
            return None
        case Outcome.FAIL:
            return (
                f"{new} is worse than {old} {where} by more than the margin of {margin:g}: {record.metric} differs by {low} to "
                f"{high}; take a better model, or improve the prompt and evaluate again"
            )
        case Outcome.NOT_ENOUGH_DATA:
            return (
                f"not enough data to tell whether {new} is no worse than {old} {where} within {margin:g}: {record.metric} "
                f"differs by {low} to {high} on {record.sample_size} samples; {_needed(comparison)}"
            )
    assert_never(comparison.outcome)


def _needed(comparison: Comparison) -> str:
    if comparison.needed is None:
        return "more samples would hardly decide, because the loss is about the margin itself"
    return f"about {comparison.needed:,} samples would do"


RULE = Rule(
    id="quality-below-minimum",
    summary="A model in use whose evaluation shows too little",
    severity=Severity.ERROR,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "below the minimum",
            {**TRIAGE, PLACE: RECORD.replace("value: 0.954", "value: 0.89")},
            (f"{PLACE}:15",),
            policy=POLICY,
        ),
        Example(
            "worse than the model before, for an agent",
            {
                "triage/main.tf": AGENT.format(model="anthropic.claude-haiku-5-5"),
                "evals/golden.jsonl": DATASET,
                PLACE: RECORD.replace(PAIRS, "both: 760, from_only: 97, to_only: 21, neither: 22"),
            },
            (f"{PLACE}:15",),
            policy=POLICY,
        ),
        Example(
            "too few samples to tell",
            {
                **TRIAGE,
                PLACE: RECORD.replace("size: 900", "size: 90").replace(PAIRS, "both: 84, from_only: 2, to_only: 2, neither: 2"),
            },
            (f"{PLACE}:15",),
            policy=POLICY,
        ),
        Example(
            "neither pairs nor intervals",
            {**TRIAGE, PLACE: RECORD.replace(f"pairs: {{{PAIRS}}}\n", "")},
            (f"{PLACE}:15",),
            policy=POLICY,
        ),
        Example("no worse within the margin", TRIAGE, policy=POLICY),
        Example(
            "back to the model compared with, for an agent",
            {
                "triage/main.tf": AGENT.format(model="anthropic.claude-opus-5-5"),
                "evals/golden.jsonl": DATASET,
                PLACE: RECORD.replace(PAIRS, "both: 760, from_only: 97, to_only: 21, neither: 22"),
            },
            policy=POLICY,
        ),
        Example(
            "a margin that the workload allows",
            {**TRIAGE, PLACE: RECORD.replace(PAIRS, "both: 800, from_only: 57, to_only: 21, neither: 22")},
            policy=POLICY.replace("minimum: 0.90", "minimum: 0.90, margin: 0.08"),
        ),
    ),
)
