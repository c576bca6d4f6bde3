"""Which record speaks for a model on a workload today, why others do not count, and what a record shows of quality."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from routelint.catalog import Catalog
from routelint.evidence.record import Arm, Pinned, Record, Records, Score
from routelint.model import Choice, Kind, Location, ModelId, ModelReference
from routelint.noninferiority import Comparison, Estimate, compare_estimates, compare_pairs
from routelint.policy import Policy, Workload

# How much of a hash people compare by eye.
_SHOWN_DIGITS = 12


class Rejected(NamedTuple):
    """A record that does not count: why, in clauses that follow "the evaluation", and the place of the first of them."""

    record: Record
    clauses: tuple[str, ...]
    location: Location


class Standing(NamedTuple):
    """What speaks for a model on a workload: the newest record that counts, and those that do not, newest first."""

    record: Record | None
    rejected: tuple[Rejected, ...] = ()


class InUse(NamedTuple):
    """A model that routes of a workload take: the routes, and one of the choices, without its trail."""

    workload: Workload
    identity: str
    choice: Choice
    references: tuple[ModelReference, ...]


def identity(model: ModelId, catalog: Catalog) -> str | None:
    """What a model is compared by, whatever its scope or spelling; None for a pattern and where the text names no model."""
    if model.is_pattern or model.form.opaque:
        return None
    known = catalog.find(model)
    return model.base if known is None else known.id


def in_use(references: Sequence[ModelReference], policy: Policy, catalog: Catalog) -> tuple[InUse, ...]:
    """The models that the routes of each workload take, by workload in the policy's order and by model.

    A permission and a fallback that reaches no call run nothing.
    """
    found: dict[tuple[str, str], tuple[Choice, list[ModelReference]]] = {}
    for reference in references:
        if reference.workload is None or reference.kind in (Kind.GRANT, Kind.DEFAULT):
            continue
        for choice in reference.choices:
            name = identity(choice.model, catalog)
            if name is not None:
                first = found.setdefault((reference.workload, name), (replace(choice, trail=()), []))
                if not first[1] or first[1][-1] is not reference:
                    first[1].append(reference)
    return tuple(
        InUse(workload, name, choice, tuple(places))
        for workload in policy.workloads
        for (owner, name), (choice, places) in sorted(found.items(), key=lambda item: item[0])
        if owner == workload.name
    )


def stand(records: Records, workload: Workload, model: str, policy: Policy, today: date) -> Standing:
    """What speaks for a model, named by its identity, on a workload."""
    counting, rejected = None, []
    for record in reversed(records.records):
        if record.workload != workload.name or record.arm(model) is None:
            continue
        faults = tuple(_faults(record, workload, records, policy, today))
        if faults:
            rejected.append(Rejected(record, tuple(clause for clause, _ in faults), faults[0][1]))
        else:
            counting = counting or record
    return Standing(counting, tuple(rejected))


def _faults(
    record: Record, workload: Workload, records: Records, policy: Policy, today: date
) -> Iterator[tuple[str, Location]]:
    """Why a record does not count, one clause and its place each."""
    evaluation = workload.evaluation
    days = policy.evidence.max_age_days
    if evaluation is not None and evaluation.max_age_days is not None:
        days = evaluation.max_age_days
    if record.on > today:
        yield f"is dated {record.on}, in the future", record.location
    elif (today - record.on).days > days:
        yield f"is of {record.on}, more than {days} days ago", record.location
    if evaluation is not None and _normal(evaluation.dataset) != _normal(record.dataset.path or ""):
        yield f"ran on '{record.dataset.path}' and not on '{evaluation.dataset}'", record.dataset.location
    else:
        yield from _changed(record.dataset, "dataset", records)
    if record.prompt is not None:
        yield from _changed(record.prompt, "prompt", records)
    if evaluation is not None and evaluation.metric is not None and evaluation.metric != record.metric:
        yield f"measured '{record.metric}' and not '{evaluation.metric}'", record.location


def _changed(pinned: Pinned, what: str, records: Records) -> Iterator[tuple[str, Location]]:
    """That a file is not what it was, where its content is at hand."""
    content = None if pinned.path is None else records.contents.get(pinned.path)
    if content is not None and content.digests and pinned.sha256 not in content.digests:
        then, now = pinned.sha256[:_SHOWN_DIGITS], content.digests[0][:_SHOWN_DIGITS]
        yield f"ran with another {what}: '{pinned.path}' has sha256 {now} and had {then}", pinned.location


def _normal(path: str) -> str:
    return path if "://" in path else posixpath.normpath(path)


def compare(record: Record, workload: Workload, policy: Policy) -> Comparison | None:
    """Whether the new model of a record is no worse than the old one within the margin.

    None where nothing can be told: one model only, a file of rows outside the scanned root, or neither pairs nor intervals.
    """
    if record.from_arm is None or record.pairs_unread:
        return None
    margin, confidence = margin_of(workload, policy), policy.evidence.confidence
    if record.pairs is not None:
        return compare_pairs(record.pairs, margin, confidence)
    old, new = _estimate(record.from_arm), _estimate(record.to_arm)
    if old is None or new is None:
        return None
    return compare_estimates(old, new, record.sample_size, margin, confidence)


def margin_of(workload: Workload, policy: Policy) -> float:
    """How much quality a model may lose on a workload and still count as no worse."""
    own = None if workload.evaluation is None else workload.evaluation.margin
    return policy.evidence.margin if own is None else own


def _estimate(arm: Arm) -> Estimate | None:
    match arm.score:
        case Score(value, float() as low, float() as high, confidence):
            return Estimate(value, low, high, confidence)
    return None
