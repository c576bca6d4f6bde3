"""A scan for people: each finding with its code frame, the trail of its value and the way out, then a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from routelint.model import START, Coverage, Diff, Finding, Fix, Hop, Location, Report, ScanError, Severity, Suppressed
from routelint.output import escape
from routelint.output.frame import frame, gutter_width, source_line
from routelint.output.layout import Role, counted, listed, wrap
from routelint.output.pages import way_out
from routelint.output.printing import Printing

UNPARSABLE = "unparsable-file"
# A value that travelled further is told by its first steps and its origin.
MOST_HOPS = 8
MOST_ERRORS = 20
SHORT_ID = 7

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE, Severity.OFF: Role.FAINT}


def scan(report: Report, printing: Printing, *, notes: bool = True) -> str:
    """The report as text; one line per finding and nothing else where `quiet` is on.

    Without `notes`, findings of that severity are counted and not shown.
    """
    shown = [finding for finding in report.findings if notes or finding.severity is not Severity.NOTE]
    if printing.quiet:
        return "".join(f"{line}\n" for line in _quiet(shown, report.errors, printing))
    lines: list[str] = []
    advised: set[str] = set()
    above: Finding | None = None
    for finding in shown:
        advice = "" if finding.rule in advised else way_out(printing.rule(finding.rule))
        advised.add(finding.rule)
        lines.extend(_finding(finding, above, printing, advice))
        above = finding
    if printing.show_suppressed:
        for suppressed in report.suppressed:
            lines.extend(_suppressed(suppressed, printing))
    lines.extend(_summary(report, shown, printing))
    return "".join(f"{line}\n" for line in lines)


def _quiet(findings: Sequence[Finding], errors: Sequence[ScanError], printing: Printing) -> Iterable[str]:
    for finding in findings:
        title = printing.paint(f"{finding.severity}[{escape.terminal(finding.rule)}]", _ROLES[finding.severity])
        yield f"{_place(finding.location, printing)}: {title}: {escape.terminal(finding.message)}"
    told = {finding.location.path for finding in findings if finding.rule == UNPARSABLE}
    yield from (_error(error, printing) for error in errors if error.path not in told)


def _finding(finding: Finding, above: Finding | None, printing: Printing, advice: str) -> Iterable[str]:
    """A finding with its frame and trail, unless the finding above it has the very same."""
    role = _ROLES[finding.severity]
    yield from _title(str(finding.severity), finding, role, printing)
    if above is not None and (above.location, above.statement, above.trail) == (
        finding.location,
        finding.statement,
        finding.trail,
    ):
        yield f"{_arrow(finding, printing)}  as above"
    else:
        yield from _body(finding, printing, role)
    yield from _facts(finding, printing)
    for help_line in (*map(_fix, finding.fixes), *([advice] if advice and not finding.fixes else [])):
        yield from _remark("help", help_line, finding, printing)
    yield ""


def _suppressed(suppressed: Suppressed, printing: Printing) -> Iterable[str]:
    finding = suppressed.finding
    yield from _title("suppressed", finding, Role.FAINT, printing)
    yield from _body(finding, printing, Role.FAINT)
    yield from _remark("note", f"silenced by {suppressed.by}: {suppressed.reason}", finding, printing)
    yield ""


def _title(word: str, finding: Finding, role: Role, printing: Printing) -> Iterable[str]:
    head = f"{word}[{escape.terminal(finding.rule)}]"
    first, *rest = wrap(escape.terminal(finding.message), printing.width, len(head) + 2, 4)
    yield f"{printing.paint(head, role)}: {printing.paint(first, Role.STRONG)}".rstrip()
    for line in rest:
        yield f"    {printing.paint(line, Role.STRONG)}"


def _body(finding: Finding, printing: Printing, role: Role) -> Iterable[str]:
    span = finding.location.span
    text = None if span == START else printing.source(finding.location.path)
    yield _arrow(finding, printing)
    if text is not None:
        yield from frame(text, span, finding.statement, printing.width, printing.paint, role)
    yield from _trail(finding.trail, " " * gutter_width(span), printing)


def _arrow(finding: Finding, printing: Printing) -> str:
    margin = " " * gutter_width(finding.location.span)
    return f"{margin}{printing.paint('-->', Role.GUTTER)} {_place(finding.location, printing)}"


def _trail(trail: Sequence[Hop], margin: str, printing: Printing) -> Iterable[str]:
    shown: list[Hop | None] = list(trail)
    if len(trail) > MOST_HOPS:
        shown[MOST_HOPS - 2 : -1] = [None]
    for hop in shown:
        if hop is None:
            yield f"{margin} {printing.paint('=', Role.GUTTER)} {counted(len(trail) - MOST_HOPS + 1, 'more step')}"
            continue
        place = f"{_path(hop.location.path, printing)}:{hop.location.span.start_line}"
        yield f"{margin} {printing.paint('=', Role.GUTTER)} from {place}  {escape.terminal(hop.note)}"
        text = None if hop.location.span == START else printing.source(hop.location.path)
        room = None if printing.width is None else max(20, printing.width - len(margin) - 10)
        line = "" if text is None else source_line(text, hop.location.span, room)
        if line:
            yield f"{margin} {printing.paint('|', Role.GUTTER)}      {printing.paint(line, Role.FAINT)}"


def _facts(finding: Finding, printing: Printing) -> Iterable[str]:
    if finding.environments:
        yield from _remark("note", f"in {listed(finding.environments)}", finding, printing)
    roots = listed([f"'{printing.shown(root)}'" for root in finding.roots])
    if len(finding.roots) > 1:
        yield from _remark("note", f"called from {counted(len(finding.roots), 'root')}: {roots}", finding, printing)
    elif finding.root not in (".", PurePosixPath(finding.location.path).parent.as_posix()):
        yield from _remark("note", f"called from root {roots}", finding, printing)
    for note in finding.notes:
        yield from _remark("note", note, finding, printing)
    for related in finding.related:
        place = f"{printing.shown(related.location.path)}:{related.location.span.start_line}"
        yield from _remark("note", f"{related.note} ({place})", finding, printing)


def _remark(word: str, text: str, finding: Finding, printing: Printing) -> Iterable[str]:
    margin = " " * gutter_width(finding.location.span)
    indent = len(margin) + len(word) + 5
    first, *rest = wrap(escape.terminal(text), printing.width, indent, indent)
    role = Role.HELP if word == "help" else Role.NOTE
    yield f"{margin} {printing.paint('=', Role.GUTTER)} {printing.paint(f'{word}:', role)} {first}"
    for line in rest:
        yield f"{' ' * indent}{line}"


def _fix(fix: Fix) -> str:
    return f"{fix.description} ({'safe' if fix.safe else 'unsafe'} fix)"


def _summary(report: Report, shown: Sequence[Finding], printing: Printing) -> Iterable[str]:
    if report.errors:
        yield from unread(report.errors, printing)
    yield from (f"{printing.paint('note:', Role.NOTE)} {escape.terminal(notice)}" for notice in report.notices)
    if report.diff is not None:
        yield compared(report, report.diff)
    yield _tally(report, printing)
    if len(shown) < len(report.findings):
        yield f"{counted(len(report.findings) - len(shown), 'note')} not shown; `--verbose` shows them"
    yield _coverage(report.coverage, report, printing)
    rule = _worst_rule(shown)
    if rule is not None:
        command = f"`routelint explain {escape.terminal(rule)}`"
        yield f"{printing.paint('help:', Role.HELP)} {command} says why it matters and what to do"


def unread(errors: Sequence[ScanError], printing: Printing) -> Iterable[str]:
    """The files that could not be read and why, with a blank line after them."""
    files = len({error.path for error in errors})
    yield printing.paint(f"{counted(files, 'file')} could not be read completely:", Role.WARNING)
    for error in errors[:MOST_ERRORS]:
        yield f"  {_error(error, printing)}"
    if len(errors) > MOST_ERRORS:
        yield f"  and {counted(len(errors) - MOST_ERRORS, 'more fault')}; `--format json` lists them all"
    yield ""


def _error(error: ScanError, printing: Printing) -> str:
    return f"{_path(error.path, printing)}:{error.line}:{error.column}: {escape.terminal(error.message)}"


def _tally(report: Report, printing: Printing) -> str:
    by_severity = Counter(finding.severity for finding in report.findings)
    parts = [
        printing.paint(counted(by_severity[severity], str(severity)), _ROLES[severity])
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
        if by_severity[severity]
    ]
    files = counted(len({finding.location.path for finding in report.findings}), "file")
    none = "no findings" if report.diff is None else "no new findings"
    found = f"found {listed(parts)} in {files}" if parts else printing.paint(none, Role.HELP)
    by = Counter(suppressed.by for suppressed in report.suppressed)
    if not by:
        return found
    # A scan has many directives and one baseline.
    accepted = by.pop("baseline", 0)
    details = [counted(by[name], escape.terminal(name)) for name in sorted(by)]
    if accepted:
        details.append(f"the baseline ({accepted:,})" if details else "the baseline")
    return f"{found}; {len(report.suppressed):,} suppressed by {listed(details)}"


def compared(report: Report, diff: Diff) -> str:
    """What a comparison came to: `3 new, 1 fixed, 12 unchanged against main (abc1234)`."""
    counts = f"{len(report.findings):,} new, {len(diff.fixed):,} fixed, {diff.unchanged:,} unchanged"
    return f"{counts} against {escape.terminal(diff.ref)} ({diff.base[:SHORT_ID]})"


def _coverage(coverage: Coverage, report: Report, printing: Printing) -> str:
    looked = f"{counted(report.files, 'file')} looked at"
    policy = f"policy {_path(report.policy, printing)}" if report.policy else "the built-in policy 'recommended'"
    if not coverage.routes:
        return f"no model routes in {looked}; {policy}"
    return f"{resolved(coverage)}; {looked}; {policy}"


def resolved(coverage: Coverage) -> str:
    """How many routes resolved, in words: `41 of 47 routes resolved (87 %)`; never rounded up to all of them."""
    percent = 100 * coverage.resolved // coverage.routes if coverage.routes else 100
    return f"{coverage.resolved:,} of {counted(coverage.routes, 'route')} resolved ({percent} %)"


def _worst_rule(findings: Sequence[Finding]) -> str | None:
    """The rule to read about first: the most severe, then the most frequent."""
    counts = Counter((finding.severity.rank, finding.rule) for finding in findings)
    worst = min(counts, key=lambda key: (key[0], -counts[key], key[1]), default=None)
    return None if worst is None else worst[1]


def _place(location: Location, printing: Printing) -> str:
    return f"{_path(location.path, printing)}:{location.span.start_line}:{location.span.start_column}"


def _path(path: str, printing: Printing) -> str:
    shown = escape.terminal(printing.shown(path))
    # Another colon follows: after one that begins a word that would make a command for a CI runner.
    return shown[:-1] + "\\x3a" if shown == ":" or shown.endswith(" :") else shown
