"""Reports as Markdown for step summaries and comments on pull requests: the worst first, never longer than a comment may be.

Text of the scanned repository is never markup. Tables and folded details are what GitHub and GitLab both draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from routelint import inventory as inventories
from routelint.inventory import RowModel
from routelint.model import Coverage, Finding, Hop, Location, Report, ScanError, Severity, Span, Suppressed
from routelint.output import routes
from routelint.output.bounded import Row, Section, fit
from routelint.output.escape import markdown, markdown_code, uri
from routelint.output.layout import counted, listed
from routelint.output.pages import way_out
from routelint.output.prices import dollars
from routelint.output.printing import Printing
from routelint.output.spending import NOT_SAID, amount
from routelint.output.text import resolved
from routelint.spend import Estimate, Option

# What a comment on GitHub holds.
MOST_CHARACTERS = 65_536
# No name or message takes the room of all others.
MOST_OF_A_TEXT = 600
MOST_OF_A_NAME = 200
MOST_HOPS = 6
MOST_FACTS = 6
MOST_REMARKS = 10


def scan(report: Report, printing: Printing) -> str:
    """What was found as a table, then folded: what to do, what was silenced, what could not be read."""
    worst_first = sorted(report.findings, key=lambda finding: finding.severity.rank)
    sections = [
        Section(_heading(report)),
        Section("".join(f"> {remark}\n>\n" for remark in _remarks(report, printing)) + "\n"),
        *_table(
            ("severity", "rule", "place", "finding"),
            [Row(_cells(_finding(finding, printing)), str(finding.severity)) for finding in worst_first],
        ),
        *_folded("What to do", _advice(worst_first, printing), "- ", "rule"),
        *_suppressed(report.suppressed, printing),
        *_unread(report.errors, printing),
    ]
    return fit(sections, MOST_CHARACTERS, _left_out("scan"))


def inventory(
    rows: Sequence[inventories.Row], errors: Sequence[ScanError], printing: Printing, estimates: Sequence[Estimate] = ()
) -> str:
    """Every route with its models as a table, what declared workloads cost, and folded what could not be read."""
    models = {model.catalog_id or model.choice.model.id for row in rows for model in row.models}
    coverage = Coverage(len(rows), sum(1 for row in rows if row.reference.unknown is None))
    summary = f"{resolved(coverage)}; {counted(len(models), 'model')}" if rows else "No model routes found."
    sections = [
        Section(f"## routelint: {counted(len(rows), 'model route')}\n\n{summary}\n\n"),
        *_table(
            ("place", "kind", "model", "tier", "$ in", "$ out", "environments", "resolved by", "workload", "tags"),
            [Row("".join(_cells(line) for line in _route(row, printing)), "route") for row in rows],
            right=("$ in", "$ out"),
        ),
        *_costs(estimates),
        *_unread(errors, printing),
    ]
    return fit(sections, MOST_CHARACTERS, _left_out("inventory"))


def _heading(report: Report) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    found = [counted(counts[each], str(each)) for each in (Severity.ERROR, Severity.WARNING, Severity.NOTE) if counts[each]]
    policy = f"policy {_name(report.policy)}" if report.policy else "the built-in policy"
    facts = [counted(report.files, "file") + " looked at", policy]
    facts.insert(0, resolved(report.coverage) if report.coverage.routes else "no model routes")
    if report.suppressed:
        facts.append(f"{len(report.suppressed):,} suppressed")
    return f"## routelint: {listed(found) if found else 'no findings'}\n\n{'; '.join(facts)}\n\n"


def _remarks(report: Report, printing: Printing) -> Iterable[str]:
    """What must be seen beside the findings: faults of the program, then remarks about the run."""
    faults = [f"**The scan is incomplete**: {_text(error.message)}" for error in report.errors if error.internal]
    remarks = [*faults, *map(_text, report.notices)]
    yield from remarks[:MOST_REMARKS]
    if len(remarks) > MOST_REMARKS:
        yield f"{counted(len(remarks) - MOST_REMARKS, 'more remark')}"


def _table(columns: Sequence[str], rows: Sequence[Row], right: Sequence[str] = ()) -> Iterable[Section]:
    if rows:
        rule = [" ---: " if column in right else " --- " for column in columns]
        yield Section(f"| {' | '.join(columns)} |\n|{'|'.join(rule)}|\n", rows, "\n")


def _folded(summary: str, items: Sequence[str], mark: str, noun: str) -> Iterable[Section]:
    if items:
        rows = [Row(f"{mark}{item}\n", noun) for item in items]
        yield Section(f"<details><summary>{summary}</summary>\n\n", rows, "\n</details>\n\n")


def _finding(finding: Finding, printing: Printing) -> Sequence[str]:
    facts = [f"in {', '.join(map(_name, finding.environments[:MOST_FACTS]))}"] if finding.environments else []
    if len(finding.roots) > 1:
        facts.append(f"called from {counted(len(finding.roots), 'root')}")
    facts.extend(map(_text, finding.notes[:MOST_FACTS]))
    told = "".join((_text(finding.message), *(f"<br>{fact}" for fact in facts), _trail(finding.trail, printing)))
    return (_severity(finding.severity), _code(finding.rule), _place(finding.location, printing), told)


def _trail(trail: Sequence[Hop], printing: Printing) -> str:
    if not trail:
        return ""
    steps = [f"{_place(hop.location, printing)} {_text(hop.note)}" for hop in trail[:MOST_HOPS]]
    if len(trail) > MOST_HOPS:
        steps.append(counted(len(trail) - MOST_HOPS, "more step"))
    return f"<details><summary>where the value comes from</summary>{'<br>'.join(steps)}</details>"


def _advice(findings: Iterable[Finding], printing: Printing) -> Sequence[str]:
    """The way out of every rule that found something, the worst first."""
    advised = ((rule, way_out(printing.rule(rule))) for rule in dict.fromkeys(finding.rule for finding in findings))
    return [f"{_code(rule)}: {_prose(advice)}" for rule, advice in advised if advice]


def _suppressed(suppressed: Sequence[Suppressed], printing: Printing) -> Iterable[Section]:
    items = [
        f"{_code(each.finding.rule)} {_place(each.finding.location, printing)} {_text(each.finding.message)}; "
        f"silenced by {_name(each.by)}: {_text(each.reason)}"
        for each in suppressed
    ]
    yield from _folded(f"{counted(len(items), 'finding')} suppressed", items, "- ", "suppressed finding")


def _unread(errors: Sequence[ScanError], printing: Printing) -> Iterable[Section]:
    items = [
        f"{_place(Location(error.path, Span(error.line, error.column, error.line, error.column)), printing)} "
        f"{_text(error.message)}"
        for error in errors
    ]
    files = counted(len({error.path for error in errors}), "file")
    yield from _folded(f"{files} could not be read completely", items, "- ", "fault")


def _route(row: inventories.Row, printing: Printing) -> Iterable[Sequence[str]]:
    """A line of cells per model, and one for what cannot be told; what all of them share stands on the first."""
    reference = row.reference
    lines: list[list[str]] = [_model(row, model) for model in row.models]
    if reference.unknown is not None:
        lines.append(["", "", f"cannot tell: {_text(reference.unknown.reason)}", *[""] * 5])
    given = list(routes.tags(reference.tags))
    further = [f"{len(given) - MOST_FACTS:,} more"] if len(given) > MOST_FACTS else []
    shared = (
        "" if reference.workload is None else _name(reference.workload),
        "not taggable" if reference.tags is None else ", ".join([*map(_name, given[:MOST_FACTS]), *further]),
    )
    for number, line in enumerate(lines):
        if number == 0:
            line[0:2] = [_place(reference.location, printing), str(reference.kind)]
        yield (*line, *(shared if number == 0 else ("", "")))


def _model(row: inventories.Row, model: RowModel) -> list[str]:
    into, out = routes.prices(model)
    return [
        "",
        "",
        _code(model.choice.model.id),
        "" if model.tier is None else _name(model.tier),
        into,
        out,
        ", ".join(map(_name, routes.environments(row, model)[:MOST_FACTS])),
        str(model.choice.resolution),
    ]


def _costs(estimates: Sequence[Estimate]) -> Iterable[Section]:
    columns = ("workload", "environment", "model", "a month", "a task", "instead", "a month instead", "saves")
    rows = [
        Row(_cells((_name(estimate.workload.name), _environment(estimate), *_cost(option))), "cost")
        for estimate in estimates
        for option in estimate.options
    ]
    if rows:
        yield Section("### What declared volumes cost\n\n")
        yield from _table(columns, rows, right=("a month", "a task", "a month instead", "saves"))


def _environment(estimate: Estimate) -> str:
    return NOT_SAID if estimate.environment is None else _name(estimate.environment)


def _cost(option: Option) -> Sequence[str]:
    if option.spend is None:
        return (f"{_code(option.identifier)}: not priced, {_text(option.unpriced)}", "", "", "", "", "")
    spend, substitute = option.spend, option.substitute
    # Some hosts take a dollar sign and a number for a reference.
    own = (_code(option.identifier), markdown(amount(spend.usd_per_month)), markdown(f"${dollars(spend.usd_per_request)}"))
    saving = option.saving_usd_per_month
    if substitute is None or saving is None:
        return (*own, "", "", "")
    return (*own, _code(substitute.identifier), markdown(amount(substitute.usd_per_month)), markdown(amount(saving)))


def _left_out(command: str) -> Callable[[Counter[str]], str]:
    def notice(cut: Counter[str]) -> str:
        what = listed([counted(number, noun) for noun, number in cut.items()])
        return f"**{what} left out**: a comment holds {MOST_CHARACTERS:,} characters; `routelint {command}` lists all\n\n"

    return notice


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _severity(severity: Severity) -> str:
    return f"**{severity}**" if severity is Severity.ERROR else str(severity)


def _place(location: Location, printing: Printing) -> str:
    """The place as a link to its line; plain text where it lies outside of the repository."""
    path, line = printing.in_repository(location.path), location.span.start_line
    shown = f"{markdown(_clipped_path(path))}:{line}"
    address = uri(path)
    return shown if address is None else f"[{shown}]({printing.link_base}{address}#L{line})"


def _clipped_path(path: str) -> str:
    """The path, or its end: the name of the file says most."""
    return path if len(path) <= MOST_OF_A_NAME else f".../{PurePosixPath(path).name[-MOST_OF_A_NAME:]}"


def _text(text: str) -> str:
    return markdown(_clipped(text, MOST_OF_A_TEXT))


def _name(text: str) -> str:
    return markdown(_clipped(text, MOST_OF_A_NAME))


def _prose(text: str) -> str:
    """Text of a rule's page, whose code is code here too."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _text(text)
    return "".join(_code(part) if number % 2 else _text(part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    return markdown_code(_clipped(text, MOST_OF_A_NAME)) if text else ""


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
