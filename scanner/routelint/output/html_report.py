"""A scan as one HTML page: findings by severity and file with their code and trail, coverage, and what was silenced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from routelint.model import START, Finding, Hop, Location, Report, ScanError, Severity, Span, Suppressed
from routelint.output.escape import html
from routelint.output.frame import MarkedLine, gutter_width, marked_lines, source_line
from routelint.output.html_page import code, facts, page, place, table
from routelint.output.layout import counted, listed
from routelint.output.pages import way_out
from routelint.output.printing import Printing
from routelint.output.text import resolved

# How much of a line is shown around a value: a minified file is one line.
MOST_OF_A_LINE = 240
# A value that travelled further is told by its first steps and its origin.
MOST_HOPS = 50

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.OFF)


def scan(report: Report, printing: Printing) -> str:
    """The whole report as one page."""
    return page(f"routelint: {_found(report)}", _body(report, printing), printing)


def _found(report: Report) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    return listed([counted(counts[each], str(each)) for each in _ORDER[:3] if counts[each]]) or "no findings"


def _body(report: Report, printing: Printing) -> Iterator[str]:
    yield "<header>"
    yield f"<h1>routelint: {html(_found(report))}</h1>"
    yield facts(_facts(report))
    policy = f"policy {code(printing.shown(report.policy))}" if report.policy else "the built-in policy"
    yield f'<p class="faint">{counted(report.files, "file")} looked at; {policy}</p>'
    faults = [error for error in report.errors if error.internal]
    yield from (f'<p><b class="error">The scan is incomplete</b>: {html(error.message)}</p>' for error in faults)
    yield from (f"<p>{html(notice)}</p>" for notice in report.notices)
    yield "</header>"
    yield "<main>"
    for severity in _ORDER:
        yield from _of_severity(severity, [each for each in report.findings if each.severity is severity], printing)
    yield from _advice(report.findings, printing)
    yield from _unresolved(report, printing)
    yield from _suppressed(report.suppressed, printing)
    yield from unread(report.errors, printing)
    yield "</main>"


def _facts(report: Report) -> Iterable[tuple[str, str, str]]:
    counts = Counter(finding.severity for finding in report.findings)
    for severity in _ORDER[:3]:
        yield f"{severity}s", f"{counts[severity]:,}", str(severity) if counts[severity] else "good"
    coverage = report.coverage
    yield "routes resolved", f"{coverage.resolved:,} of {coverage.routes:,}", "warning" if coverage.unresolved else "good"
    yield "suppressed", f"{len(report.suppressed):,}", "plain"
    yield "files not read", f"{len({error.path for error in report.errors}):,}", "warning" if report.errors else "good"


def _of_severity(severity: Severity, findings: Sequence[Finding], printing: Printing) -> Iterator[str]:
    if not findings:
        return
    yield f"<section><h2>{html(counted(len(findings), str(severity)))}</h2>"
    by_path = sorted(findings, key=lambda finding: finding.location.path)
    for path, of_file in groupby(by_path, lambda finding: finding.location.path):
        yield f"<h3>{html(printing.shown(path))}</h3>"
        for finding in of_file:
            yield from _finding(finding, printing)
    yield "</section>"


def _finding(finding: Finding, printing: Printing) -> Iterator[str]:
    yield f'<article class="{finding.severity}">'
    yield f'<h4><span class="word">{finding.severity}</span> {code(finding.rule)} {html(finding.message)}</h4>'
    symbol = f" {code(finding.location.symbol)}" if finding.location.symbol else ""
    yield f'<p class="faint">{place(finding.location, printing)}{symbol}</p>'
    yield from _frame(finding, printing)
    remarks = list(_remarks(finding, printing))
    if remarks:
        yield f"<ul>{''.join(f'<li>{remark}</li>' for remark in remarks)}</ul>"
    yield from _trail(finding.trail, printing)
    yield "</article>"


def _frame(finding: Finding, printing: Printing) -> Iterator[str]:
    """The lines of the place with the value marked, led by the first line of its statement."""
    span = finding.location.span
    text = None if span == START else printing.source(finding.location.path)
    lines = [] if text is None else marked_lines(text, span, MOST_OF_A_LINE)
    if text is None or not lines:
        return
    first = finding.statement.start_line
    if first < span.start_line and text.line(first).strip():
        lines = [
            *marked_lines(text, Span(first, 1, first, 1), MOST_OF_A_LINE),
            *([MarkedLine(None)] if first + 1 < span.start_line else []),
            *lines,
        ]
    gutter = gutter_width(span)
    shown = "\n".join(_line(line, gutter) for line in lines)
    yield f"<pre>{shown}</pre>"


def _line(line: MarkedLine, gutter: int) -> str:
    if line.number is None:
        return f"<i>{'.' * gutter}</i>"
    marked = f"<mark>{_source(line.marked)}</mark>" if line.marked else ""
    return f"<i>{line.number:>{gutter}}</i> {_source(line.before)}{marked}{_source(line.after)}".rstrip()


def _source(text: str) -> str:
    return html(text.replace("\t", "    "))


def _remarks(finding: Finding, printing: Printing) -> Iterator[str]:
    if finding.environments:
        yield f"in {html(listed(finding.environments))}"
    if len(finding.roots) > 1:
        yield f"called from {listed([code(printing.shown(root)) for root in finding.roots])}"
    yield from map(html, finding.notes)
    yield from (f"{html(related.note)} {place(related.location, printing)}" for related in finding.related)
    for fix in finding.fixes:
        yield f"{html(fix.description)} ({'safe' if fix.safe else 'unsafe'} fix)"


def _trail(trail: Sequence[Hop], printing: Printing) -> Iterator[str]:
    if not trail:
        return
    steps = [_step(hop, printing) for hop in trail]
    if len(steps) > MOST_HOPS:
        steps[MOST_HOPS - 2 : -1] = [counted(len(steps) - MOST_HOPS + 1, "more step")]
    yield "<details open><summary>where the value comes from</summary>"
    yield f"<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol></details>"


def _step(hop: Hop, printing: Printing) -> str:
    text = None if hop.location.span == START else printing.source(hop.location.path)
    line = "" if text is None else source_line(text, hop.location.span, MOST_OF_A_LINE)
    return f"{place(hop.location, printing)} {html(hop.note)}{f'<br>{code(line)}' if line else ''}"


def _advice(findings: Sequence[Finding], printing: Printing) -> Iterator[str]:
    """The way out of every rule that found something, the most severe first."""
    worst_first = sorted(findings, key=lambda finding: finding.severity.rank)
    rules = [printing.rule(rule) for rule in dict.fromkeys(finding.rule for finding in worst_first)]
    advised = [(rule, way_out(rule)) for rule in rules if rule is not None]
    if advised:
        yield "<section><h2>What to do</h2><ul>"
        for rule, advice in advised:
            yield f"<li>{code(rule.id)} {html(rule.summary)}{f': {html(advice)}' if advice else ''}</li>"
        yield "</ul></section>"


def _unresolved(report: Report, printing: Printing) -> Iterator[str]:
    coverage = report.coverage
    if not coverage.routes:
        return
    yield f"<section><h2>Coverage</h2><p>{html(resolved(coverage))}</p>"
    unknown = [(each, each.unknown) for each in report.references if each.unknown is not None]
    if unknown:
        yield f"<details><summary>{counted(len(unknown), 'route')} of which something cannot be told</summary>"
        yield from table(
            ("place", "kind", "what stopped it"),
            [
                (place(each.location, printing), html(str(each.kind)), html(reason.reason))
                for each, reason in unknown
                if reason is not None
            ],
        )
        yield "</details>"
    yield "</section>"


def _suppressed(suppressed: Sequence[Suppressed], printing: Printing) -> Iterator[str]:
    if not suppressed:
        return
    yield f"<section><h2>{counted(len(suppressed), 'finding')} suppressed</h2><details><summary>list</summary>"
    yield from table(
        ("rule", "place", "finding", "silenced by", "reason"),
        [
            (
                code(each.finding.rule),
                place(each.finding.location, printing),
                html(each.finding.message),
                html(each.by),
                html(each.reason),
            )
            for each in suppressed
        ],
    )
    yield "</details></section>"


def unread(errors: Sequence[ScanError], printing: Printing) -> Iterator[str]:
    """The files that could not be read and why; nothing where there are none."""
    if not errors:
        return
    files = counted(len({error.path for error in errors}), "file")
    yield f"<section><h2>{files} could not be read completely</h2><ul>"
    for error in errors:
        at = Location(error.path, Span(error.line, error.column, error.line, error.column))
        yield f"<li>{place(at, printing)} {html(error.message)}</li>"
    yield "</ul></section>"
