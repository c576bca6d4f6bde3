"""Findings that say one thing of one decision, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from routelint.model import Finding, Location, Related


def unite(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per rule, place, model and message: roots and environments with the same outcome are listed together."""
    united: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.location, finding.model, finding.message)
        first = united.setdefault(key, finding)
        if first is not finding:
            united[key] = replace(
                first,
                roots=tuple(sorted({*first.roots, *finding.roots})),
                environments=tuple(sorted({*first.environments, *finding.environments})),
            )
    whole = _fold([replace(each, root=each.roots[0]) for each in united.values()])
    return sorted(whole, key=order)


def _fold(findings: Sequence[Finding]) -> Iterable[Finding]:
    """The findings without those that say of a use what another says of the place that decides it; those become related.

    A variable set in a template and read in three functions is one decision, to be mended in one place.
    """
    deciding = {(each.rule, each.model, each.message, _line(each.location)): each.location for each in findings}
    uses: dict[tuple[str, str | None, str, tuple[str, int]], list[Related]] = {}
    kept: list[Finding] = []
    for finding in findings:
        key = (finding.rule, finding.model, finding.message)
        own = _line(finding.location)
        hops = (_line(hop.location) for hop in reversed(finding.trail))
        place = next((line for line in hops if line != own and (*key, line) in deciding), None)
        if place is None:
            kept.append(finding)
        else:
            uses.setdefault((*key, place), []).append(Related(finding.location, "takes its model from here"))
    for finding in kept:
        related = uses.get((finding.rule, finding.model, finding.message, _line(finding.location)), [])
        yield replace(finding, related=(*finding.related, *related)) if related else finding


def _line(location: Location) -> tuple[str, int]:
    return (location.path, location.span.start_line)


def by_decision(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those of one file that one line elsewhere decides told at the first place; the others become related.

    A constant that a file passes to four calls is mended where it is written. This follows suppressing, so that what silences
    one of the calls silences no other. Files are kept apart: a new one that takes a known constant is news.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sorted(findings, key=order):
        decided = _line(finding.trail[-1].location) if finding.trail else (finding.location, finding.root)
        said = (finding.rule, finding.model, finding.message, finding.severity, finding.notes)
        where = (finding.location.path, finding.roots, finding.environments)
        groups.setdefault((*said, *where, decided), []).append(finding)
    return [_with_others(first, others) for first, *others in groups.values()]


def _with_others(first: Finding, others: Sequence[Finding]) -> Finding:
    own = [Related(each.location, "takes its model from the same place") for each in others]
    inherited = [related for each in others for related in each.related]
    return replace(first, related=tuple(dict.fromkeys((*first.related, *own, *inherited)))) if others else first


def order(finding: Finding) -> tuple[object, ...]:
    """What findings are sorted by: place first."""
    return (finding.location, finding.rule, finding.model or "", finding.message)
