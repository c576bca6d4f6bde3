"""An inventory as one HTML page: every route by file with its models, prices and tags, and what declared workloads cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from routelint.inventory import Row, RowModel
from routelint.model import Coverage, Resource, ScanError
from routelint.output import routes
from routelint.output.escape import html
from routelint.output.html_page import code, facts, grouped, page, place, table
from routelint.output.html_report import unread
from routelint.output.layout import counted
from routelint.output.prices import dollars
from routelint.output.printing import Printing
from routelint.output.spending import NOT_SAID, amount
from routelint.spend import Estimate, Option

_COLUMNS = ("line", "kind", "model", "tier", "$ in", "$ out", "environments", "resolved by", "workload", "tags")
_COSTS = ("environment", "model", "a month", "a task", "instead", "a month instead", "saves")
_COST_NUMBERS = ("a month", "a task", "a month instead", "saves")


def inventory(
    rows: Sequence[Row],
    resources: Sequence[Resource],
    errors: Sequence[ScanError],
    printing: Printing,
    estimates: Sequence[Estimate] = (),
) -> str:
    """Every route, what declared workloads cost, the resources rules ask about, and what could not be read."""
    return page(
        f"routelint: {counted(len(rows), 'model route')}", _body(rows, resources, errors, printing, estimates), printing
    )


def _body(
    rows: Sequence[Row],
    resources: Sequence[Resource],
    errors: Sequence[ScanError],
    printing: Printing,
    estimates: Sequence[Estimate],
) -> Iterator[str]:
    yield f"<header><h1>routelint: {counted(len(rows), 'model route')}</h1>"
    yield facts(_facts(rows, errors))
    yield '<p class="faint">prices in US dollars per million tokens, for the scope and region of the route</p></header>'
    yield "<main>"
    in_order = sorted(rows, key=lambda row: row.reference.location.path)
    by_file = [
        (printing.shown(path), [line for row in of_file for line in _route(row, printing)])
        for path, of_file in groupby(in_order, lambda row: row.reference.location.path)
    ]
    if by_file:
        yield from grouped(_COLUMNS, by_file, ("$ in", "$ out"))
    yield from _costs(estimates)
    yield from _resources(resources, printing)
    yield from unread(errors, printing)
    yield "</main>"


def _facts(rows: Sequence[Row], errors: Sequence[ScanError]) -> Iterable[tuple[str, str, str]]:
    coverage = Coverage(len(rows), sum(1 for row in rows if row.reference.unknown is None))
    models = {model.catalog_id or model.choice.model.id for row in rows for model in row.models}
    yield "routes resolved", f"{coverage.resolved:,} of {coverage.routes:,}", "warning" if coverage.unresolved else "good"
    yield "models", f"{len(models):,}", "plain"
    tiers = Counter(model.tier or "no tier" for row in rows for model in row.models)
    yield from ((f"taken: {tier}", f"{tiers[tier]:,}", "plain") for tier in sorted(tiers))
    yield "files not read", f"{len({error.path for error in errors}):,}", "warning" if errors else "good"


def _route(row: Row, printing: Printing) -> Iterable[Sequence[str]]:
    """The cells of a line per model, and of one for what cannot be told; what all share stands on the first."""
    reference = row.reference
    lines = [_model(row, model) for model in row.models]
    if reference.unknown is not None:
        lines.append((f"cannot tell: {html(reference.unknown.reason)}", *[""] * 5))
    root = f"<br>from root {code(printing.shown(reference.root))}" if reference.root != "." else ""
    where = (place(reference.location, printing, named=False) + root, html(str(reference.kind)))
    shared = (
        html(reference.workload or ""),
        "not taggable" if reference.tags is None else "<br>".join(map(code, routes.tags(reference.tags))),
    )
    for number, line in enumerate(lines):
        yield (*(where if number == 0 else ("", "")), *line, *(shared if number == 0 else ("", "")))


def _model(row: Row, model: RowModel) -> tuple[str, ...]:
    into, out = routes.prices(model)
    return (
        code(model.choice.model.id),
        html(model.tier or ""),
        into,
        out,
        html(", ".join(routes.environments(row, model))),
        html(str(model.choice.resolution)),
    )


def _costs(estimates: Sequence[Estimate]) -> Iterator[str]:
    if not estimates:
        return
    yield "<section><h2>What declared volumes cost</h2>"
    for name, of_workload in groupby(estimates, lambda estimate: estimate.workload.name):
        yield f"<h3>{html(name)}</h3>"
        yield from table(
            _COSTS,
            [
                (html(estimate.environment or NOT_SAID), *_cost(option))
                for estimate in of_workload
                for option in estimate.options
            ],
            _COST_NUMBERS,
        )
    yield "</section>"


def _cost(option: Option) -> Sequence[str]:
    if option.spend is None:
        return (f"{code(option.identifier)} not priced: {html(option.unpriced)}", *[""] * 5)
    own = (code(option.identifier), amount(option.spend.usd_per_month), f"${dollars(option.spend.usd_per_request)}")
    saving = option.saving_usd_per_month
    if option.substitute is None or saving is None:
        return (*own, "", "", "")
    return (*own, code(option.substitute.identifier), amount(option.substitute.usd_per_month), amount(saving))


def _resources(resources: Sequence[Resource], printing: Printing) -> Iterator[str]:
    if not resources:
        return
    yield f"<section><h2>{counted(len(resources), 'resource')}</h2><details><summary>list</summary>"
    yield from table(
        ("place", "type", "name", "tags"),
        [
            (
                place(each.location, printing),
                code(each.type),
                html(each.name),
                "not taggable" if each.tags is None else "<br>".join(map(code, routes.tags(each.tags))),
            )
            for each in resources
        ],
    )
    yield "</details></section>"
