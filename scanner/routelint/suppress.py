"""What silences a finding: inline directives and the policy's waivers. A faulty or expired one silences nothing."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from routelint.deferred import dataclass
from routelint.model import Directive, Finding, ModelReference, Span, Suppressed
from routelint.policy import Policy, Waiver
from routelint.source import SourceText

COMMENT_STARTS = ("#", "//", "/*", "*", "--", ";", "<!--")


@dataclass(frozen=True, slots=True)
class Unused:
    """A directive or waiver that does nothing: the rules it names in vain, and those of them that may not be waived.

    A directive that is no `ignore` names no rules: it stands at no route.
    """

    by: Directive | Waiver
    rules: tuple[str, ...] = ()
    unwaivable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """A directive or waiver that has ended, and the findings it would still silence."""

    by: Directive | Waiver
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings that stand, findings that were silenced, what silenced nothing, and what has ended."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    unused: tuple[Unused, ...] = ()
    returned: tuple[Returned, ...] = ()


@dataclass(frozen=True, slots=True)
class Aimed:
    """A directive and the line it speaks of; `ordinal` is its place among all of a scan."""

    line: int
    ordinal: int
    directive: Directive


class Aims:
    """The sound directives of a scan by the lines they speak of."""

    def __init__(self, directives: Iterable[Directive], texts: Mapping[str, SourceText]) -> None:
        """Takes all directives, and the texts of the files they stand in."""
        self.all = tuple(_aimed(directives, texts))
        self._by_path: dict[str, list[Aimed]] = {}
        for each in sorted(self.all, key=lambda each: (each.line, each.ordinal)):
            self._by_path.setdefault(each.directive.path, []).append(each)

    def at(self, path: str, span: Span, statement: Span) -> list[Directive]:
        """The directives about a place, in the order given: on its value, or on the first or last line of its statement."""
        aimed = self._by_path.get(path)
        if aimed is None:
            return []
        found: dict[int, Directive] = {}
        for first, last in (
            (span.start_line, span.end_line),
            *((line, line) for line in (statement.start_line, statement.end_line)),
        ):
            start = bisect.bisect_left(aimed, first, key=_line)
            for each in aimed[start : bisect.bisect_right(aimed, last, key=_line)]:
                found[each.ordinal] = each.directive
        return [found[ordinal] for ordinal in sorted(found)]


def _line(aimed: Aimed) -> int:
    return aimed.line


def _aimed(directives: Iterable[Directive], texts: Mapping[str, SourceText]) -> Iterator[Aimed]:
    """Each sound directive with the line it speaks of: its own where code stands before it, else the next line of code."""
    # The next line of code behind each line of comments that was looked at: no line is looked at twice.
    code: dict[tuple[str, int], int] = {}
    for ordinal, directive in enumerate(directives):
        if directive.fault:
            continue
        text = texts[directive.path]
        if text.line(directive.span.start_line)[: directive.span.start_column - 1].strip():
            yield Aimed(directive.span.start_line, ordinal, directive)
            continue
        line = first = directive.span.end_line + 1
        while (directive.path, line) not in code:
            content = text.line(line).strip()
            if not content or not content.startswith(COMMENT_STARTS):
                break
            line += 1
        found = code.get((directive.path, line), line)
        code.update(((directive.path, each), found) for each in range(first, line))
        yield Aimed(found, ordinal, directive)


def suppress(
    findings: Sequence[Finding],
    directives: Iterable[Directive],
    texts: Mapping[str, SourceText],
    policy: Policy,
    waivable: Callable[[str], bool],
    today: date,
    *,
    judged: Collection[str] = (),
    references: Sequence[ModelReference] = (),
) -> Outcome:
    """The findings parted by directives and waivers; `waivable` says whether a rule may be silenced at all.

    Only of the rules that were `judged` it is known whether there was something to silence.
    """
    aims = Aims(directives, texts)
    waivers: dict[str, list[Waiver]] = {}
    for waiver in policy.waivers:
        waivers.setdefault(waiver.rule, []).append(waiver)
    matched: dict[Directive | Waiver, list[Finding]] = {}
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        reason: Suppressed | None = None
        allowed = waivable(finding.rule)
        path = policy.local(finding.location.path)
        covering = (each for each in waivers.get(finding.rule, ()) if each.covers(finding.rule, path, finding.location.symbol))
        by: Iterator[Directive | Waiver] = itertools.chain(_directives(finding, aims), covering)
        for each in by:
            matched.setdefault(each, []).append(finding)
            if reason is None and allowed and not _ended(each, today):
                reason = Suppressed(finding, "directive" if isinstance(each, Directive) else "waiver", each.reason)
        if reason is None:
            kept.append(finding)
        else:
            suppressed.append(reason)
    candidates: list[Directive | Waiver] = [each.directive for each in aims.all if each.directive.name == "ignore"]
    candidates.extend(dict.fromkeys(policy.waivers))
    unused = [
        Unused(each, rules, tuple(rule for rule in rules if not waivable(rule)))
        for each in candidates
        if not _ended(each, today) and (rules := _in_vain(each, matched.get(each, ()), waivable, judged))
    ]
    at_routes = {
        id(each) for route in references for each in aims.at(route.location.path, route.location.span, route.statement)
    }
    settings = (each.directive for each in aims.all if each.directive.name != "ignore")
    unused.extend(Unused(each) for each in settings if id(each) not in at_routes)
    returned = [Returned(each, tuple(matched.get(each, ()))) for each in candidates if _ended(each, today)]
    return Outcome(tuple(kept), tuple(suppressed), tuple(unused), tuple(returned))


def _directives(finding: Finding, aims: Aims) -> Iterator[Directive]:
    for directive in aims.at(finding.location.path, finding.location.span, finding.statement):
        if directive.name == "ignore" and finding.rule in directive.arguments:
            yield directive


def _ended(by: Directive | Waiver, today: date) -> bool:
    """Whether its last day, which still counts, has passed."""
    return last_day(by) < today


def last_day(by: Directive | Waiver) -> date:
    """The last day on which it silences something; the last day there is for a directive without an end."""
    match by:
        case Waiver():
            return by.expires
        case Directive():
            return date.max if by.until is None else date.fromisoformat(by.until)


def rules_of(by: Directive | Waiver) -> tuple[str, ...]:
    """The rules it speaks of."""
    return (by.rule,) if isinstance(by, Waiver) else by.arguments


def _in_vain(
    by: Directive | Waiver, matched: Iterable[Finding], waivable: Callable[[str], bool], judged: Collection[str]
) -> tuple[str, ...]:
    """The rules that were judged and of which it silences no finding."""
    silenced = {finding.rule for finding in matched if waivable(finding.rule)}
    return tuple(rule for rule in rules_of(by) if rule in judged and rule not in silenced)
