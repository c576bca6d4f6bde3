"""Reports as CSV for spreadsheets: RFC 4180, one finding or one model of a route per row, no cell a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routelint.inventory import Row, RowModel
from routelint.model import Finding, Hop, Location, Report, ScanError, Suppressed
from routelint.output import routes
from routelint.output.escape import csv_cell
from routelint.output.prices import rounded
from routelint.output.printing import Printing
from routelint.spend import Estimate, Option

FINDING_COLUMNS = (
    *("severity", "rule", "message", "path", "line", "column", "end_line", "end_column", "symbol", "roots", "model"),
    *("environments", "notes", "trail", "fingerprint", "suppressed_by", "reason"),
)
ROUTE_COLUMNS = (
    *("path", "line", "column", "language", "kind", "sink", "symbol", "root", "workload", "model", "catalog_id", "scope"),
    *("tier", "input_usd_per_million_tokens", "output_usd_per_million_tokens", "environments", "resolution", "unresolved"),
    *("taggable", "tags", "workload_usd_per_month"),
)
INTERNAL = "internal-error"
# Spreadsheets and people split lists at this; a comma stands inside messages.
SEPARATOR = "; "

Cell = str | int | float | None


def scan(report: Report, printing: Printing) -> str:
    """A row per finding, in the order of the report; where suppressed ones are asked for, they follow and say by what."""
    rows: list[Sequence[Cell]] = [FINDING_COLUMNS]
    rows.extend(_finding(finding, None, printing) for finding in report.findings)
    if printing.show_suppressed:
        rows.extend(_finding(each.finding, each, printing) for each in report.suppressed)
    # A fault of routelint is no finding, and must not look like a clean scan.
    rows.extend(_fault(error, printing) for error in report.errors if error.internal)
    return _written(rows)


def inventory(rows: Iterable[Row], printing: Printing, estimates: Sequence[Estimate] = ()) -> str:
    """A row per model of a route; a route that cannot be told, or only in part, has a row that says why."""
    amounts = {
        (estimate.workload.name, estimate.environment, option.identifier): option
        for estimate in estimates
        for option in estimate.options
    }
    written: list[Sequence[Cell]] = [ROUTE_COLUMNS]
    for row in rows:
        written.extend(_route(row, model, amounts, printing) for model in row.models)
        if row.reference.unknown is not None or not row.models:
            written.append(_route(row, None, amounts, printing))
    return _written(written)


def _finding(finding: Finding, suppressed: Suppressed | None, printing: Printing) -> Sequence[Cell]:
    span = finding.location.span
    return (
        str(finding.severity),
        finding.rule,
        finding.message,
        printing.shown(finding.location.path),
        span.start_line,
        span.start_column,
        span.end_line,
        span.end_column,
        finding.location.symbol,
        SEPARATOR.join(map(printing.shown, finding.roots)),
        finding.model,
        SEPARATOR.join(finding.environments),
        SEPARATOR.join(finding.notes),
        SEPARATOR.join(_step(hop, printing) for hop in finding.trail),
        finding.fingerprint,
        None if suppressed is None else suppressed.by,
        None if suppressed is None else suppressed.reason,
    )


def _fault(error: ScanError, printing: Printing) -> Sequence[Cell]:
    known: dict[str, Cell] = {
        "severity": "error",
        "rule": INTERNAL,
        "message": f"the scan is incomplete: {error.message}",
        "path": printing.shown(error.path),
        "line": error.line,
        "column": error.column,
    }
    return [known.get(column) for column in FINDING_COLUMNS]


def _route(
    row: Row, model: RowModel | None, amounts: dict[tuple[str, str | None, str], Option], printing: Printing
) -> Sequence[Cell]:
    reference = row.reference
    span = reference.location.span
    environments = routes.environments(row, model)
    return (
        printing.shown(reference.location.path),
        span.start_line,
        span.start_column,
        reference.language,
        str(reference.kind),
        reference.sink,
        reference.location.symbol,
        printing.shown(reference.root),
        reference.workload,
        *(
            (None,) * 6
            if model is None
            else (
                model.choice.model.id,
                model.catalog_id,
                model.choice.model.scope,
                model.tier,
                rounded(model.input_usd_per_million_tokens),
                rounded(model.output_usd_per_million_tokens),
            )
        ),
        SEPARATOR.join(environments),
        None if model is None else str(model.choice.resolution),
        None if reference.unknown is None or model is not None else reference.unknown.reason,
        "no" if reference.tags is None else "yes",
        SEPARATOR.join(routes.tags(reference.tags)),
        None if model is None else SEPARATOR.join(_amounts(reference.workload, environments, model, amounts)),
    )


def _amounts(
    workload: str | None,
    environments: Sequence[str],
    model: RowModel,
    amounts: dict[tuple[str, str | None, str], Option],
) -> Iterable[str]:
    """What the workload's whole volume costs on this model, per environment: `prod 61.50`."""
    for environment in environments or (None,):
        option = amounts.get((workload or "", environment, model.choice.model.id))
        if option is not None and option.spend is not None:
            yield f"{environment or 'not said'} {option.spend.usd_per_month:.2f}"


def _step(hop: Hop, printing: Printing) -> str:
    return f"{_place(hop.location, printing)} {hop.note}"


def _place(location: Location, printing: Printing) -> str:
    return f"{printing.shown(location.path)}:{location.span.start_line}"


def _written(rows: Iterable[Sequence[Cell]]) -> str:
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _cell(value: Cell) -> str:
    match value:
        case None | "":
            return ""
        case str():
            return csv_cell(value)
        case float():
            # Never in the style of 1e-05, which some spreadsheets take for text.
            return f"{value:.10f}".rstrip("0").rstrip(".")
        case int():
            return str(value)
