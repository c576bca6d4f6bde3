"""What silences a finding: inline directives and the policy's waivers. A faulty or expired one silences nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from routelint.model import Directive, Finding, Span, Suppressed
from routelint.policy import Policy
from routelint.source import SourceText

COMMENT_STARTS = ("#", "//", "/*", "*", "--", ";", "<!--")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Findings that stand, findings that were silenced, and the directives that silenced nothing."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    unused: tuple[Directive, ...]


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
) -> Outcome:
    """The findings parted by directives and waivers; `waivable` says whether a rule may be silenced at all."""
    ignores: dict[str, list[tuple[int, Directive]]] = {}
    for directive in directives:
        if directive.name == "ignore":
            line = target_line(directive, texts[directive.path])
            ignores.setdefault(directive.path, []).append((line, directive))
    used: set[Directive] = set()
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        allowed = waivable(finding.rule)
        ignored = _directive(finding, ignores, today) if allowed else None
        if ignored is not None:
            used.add(ignored)
            suppressed.append(Suppressed(finding, "directive", ignored.reason))
            continue
        reason = _waiver(finding, policy, today) if allowed else None
        if reason is not None:
            suppressed.append(Suppressed(finding, "waiver", reason))
        else:
            kept.append(finding)
    unused = tuple(
        directive for each in ignores.values() for _, directive in each if directive not in used and not directive.fault
    )
    return Outcome(tuple(kept), tuple(suppressed), unused)


def _directive(finding: Finding, ignores: Mapping[str, list[tuple[int, Directive]]], today: date) -> Directive | None:
    for line, directive in ignores.get(finding.location.path, ()):
        if (
            finding.rule in directive.arguments
            and directive.fault is None
            and (directive.until is None or date.fromisoformat(directive.until) >= today)
            and speaks_of(line, finding.location.span, finding.statement)
        ):
            return directive
    return None


def _waiver(finding: Finding, policy: Policy, today: date) -> str | None:
    for waiver in policy.waivers:
        if waiver.expires >= today and waiver.covers(
            finding.rule, policy.local(finding.location.path), finding.location.symbol
        ):
            return waiver.reason
    return None
