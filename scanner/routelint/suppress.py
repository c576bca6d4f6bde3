"""What silences a finding: inline directives and the policy's waivers. A faulty or expired one silences nothing."""

from __future__ import annotations

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


def target_line(directive: Directive, text: SourceText) -> int:
    """The line a directive speaks of: its own where code stands before it, else the next line of code."""
    before = text.line(directive.span.start_line)[: directive.span.start_column - 1]
    if before.strip():
        return directive.span.start_line
    line = directive.span.end_line + 1
    while (content := text.line(line).strip()) and content.startswith(COMMENT_STARTS):
        line += 1
    return line


def speaks_of(line: int, span: Span, statement: Span) -> bool:
    """Whether a directive about `line` is about a place: on its value, or on the first or last line of its statement."""
    return span.contains(line) or line in (statement.start_line, statement.end_line)


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
    sound = [(target_line(each, texts[each.path]), each) for each in directives if not each.fault]
    ignores: dict[str, list[tuple[int, Directive]]] = {}
    for line, directive in sound:
        if directive.name == "ignore":
            ignores.setdefault(directive.path, []).append((line, directive))
    matched: dict[Directive | Waiver, list[Finding]] = {}
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        reason: Suppressed | None = None
        allowed = waivable(finding.rule)
        by: Iterator[Directive | Waiver] = itertools.chain(_directives(finding, ignores), _waivers(finding, policy))
        for each in by:
            matched.setdefault(each, []).append(finding)
            if reason is None and allowed and not _ended(each, today):
                reason = Suppressed(finding, "directive" if isinstance(each, Directive) else "waiver", each.reason)
        if reason is None:
            kept.append(finding)
        else:
            suppressed.append(reason)
    candidates: list[Directive | Waiver] = [each for lines in ignores.values() for _, each in lines]
    candidates.extend(dict.fromkeys(policy.waivers))
    unused = [
        Unused(each, rules, tuple(rule for rule in rules if not waivable(rule)))
        for each in candidates
        if not _ended(each, today) and (rules := _in_vain(each, matched.get(each, ()), waivable, judged))
    ]
    settings = ((line, each) for line, each in sound if each.name != "ignore")
    unused.extend(Unused(each) for line, each in settings if not _at_a_route(line, each, references))
    returned = [Returned(each, tuple(matched.get(each, ()))) for each in candidates if _ended(each, today)]
    return Outcome(tuple(kept), tuple(suppressed), tuple(unused), tuple(returned))


def _directives(finding: Finding, ignores: Mapping[str, list[tuple[int, Directive]]]) -> Iterator[Directive]:
    for line, directive in ignores.get(finding.location.path, ()):
        if finding.rule in directive.arguments and speaks_of(line, finding.location.span, finding.statement):
            yield directive


def _waivers(finding: Finding, policy: Policy) -> Iterator[Waiver]:
    for waiver in policy.waivers:
        if waiver.covers(finding.rule, policy.local(finding.location.path), finding.location.symbol):
            yield waiver


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


def _at_a_route(line: int, directive: Directive, references: Sequence[ModelReference]) -> bool:
    return any(
        each.location.path == directive.path and speaks_of(line, each.location.span, each.statement) for each in references
    )
