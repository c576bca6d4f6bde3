"""# latency-above-target

## What it does

Reports a model that a workload takes and whose newest evaluation that counts measured a 95th percentile of latency above the
workload's `max_p95_latency_ms`.

## Why it costs

A slow answer costs what a wrong one does: users leave, callers time out and ask again, and each retry is paid for.

## Example

    max_p95_latency_ms: 2500
    to: {model: anthropic.claude-opus-5-5, latency_ms: {p50: 1900, p95: 4100}}

## Use instead

Take a faster model, ask for a shorter answer, stream it, or set the target that users need.

## Policy keys

`workloads.*.max_p95_latency_ms`, `evidence.folder`

## References

`docs/policy.md`, sections Workloads and Evidence
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import evidence
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.missing_golden_dataset import AGENT, CALL, DATASET
from routelint_rules.stale_evidence import MOST_ROUTES, PLACE, POLICY, RECORD, TRIAGE

SLOW = {**TRIAGE, "triage/app.py": CALL.format(model="anthropic.claude-opus-5-5")}


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per model in use that was measured to be slower than its workload may be."""
    records, policy = context.evidence, context.policy
    if records is None:
        return
    for used in evidence.in_use(context.references, policy, context.catalog):
        target = used.workload.max_p95_latency_ms
        record = evidence.stand(records, used.workload, used.identity, policy, context.today).record
        arm = None if record is None else record.arm(used.identity)
        if target is None or arm is None or arm.p95_latency_ms is None or arm.p95_latency_ms <= target:
            continue
        message = (
            f"'{used.choice.model.id}' takes {arm.p95_latency_ms:,g} ms at the 95th percentile on workload "
            f"'{used.workload.name}', above its target of {target:,g} ms; take a faster model, or ask for a shorter answer"
        )
        related = tuple(Related(each.location, f"takes '{used.choice.model.id}'") for each in used.references[:MOST_ROUTES])
        yield Place.at(arm.location), Breach(message, used.choice, related=related)


RULE = Rule(
    id="latency-above-target",
    summary="A model in use that is slower than its workload may be",
    severity=Severity.ERROR,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("slower than the target", SLOW, (f"{PLACE}:11",), policy=POLICY),
        Example("as fast as the target", TRIAGE, policy=POLICY),
        Example("no target", SLOW, policy=POLICY.replace("    max_p95_latency_ms: 2500\n", "")),
        Example(
            "a slow agent",
            {
                "triage/main.tf": AGENT.format(model="us.anthropic.claude-haiku-5-5"),
                "evals/golden.jsonl": DATASET,
                PLACE: RECORD.replace("p95: 1900", "p95: 2501"),
            },
            (f"{PLACE}:15",),
            policy=POLICY,
        ),
        Example("a slow measurement that counts no more", {**SLOW, PLACE: RECORD.replace("11-02", "01-02")}, policy=POLICY),
    ),
)
