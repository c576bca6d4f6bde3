"""An inventory for people: every route with its models, tiers and prices, by file or by workload, as wide as the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby

from routelint.deferred import dataclass
from routelint.inventory import Row, RowModel
from routelint.model import Coverage, Resource, ScanError
from routelint.output import escape, spending
from routelint.output.layout import Role, columns, counted, listed, pad, wrap
from routelint.output.prices import UNKNOWN, dollars
from routelint.output.printing import Printing
from routelint.output.text import resolved, unread
from routelint.spend import Estimate

GAP = "  "
NOTHING = "-"
# How many of the models must fit beside their facts for the wide table.
_FITTING_SHARE = 0.8
# How many of the roots that call a place are named.
MOST_ROOTS = 3
NO_WORKLOAD = "no workload"


class Group(StrEnum):
    """What the routes of one heading have in common."""

    FILE = "file"
    WORKLOAD = "workload"


@dataclass(frozen=True, slots=True)
class _Line:
    """One model of one route, as cells; or a remark on the route in place of the model, drawn by its role."""

    place: str
    kind: str
    model: str
    tier: str = ""
    price_in: str = ""
    price_out: str = ""
    environments: str = ""
    resolution: str = ""
    remark: Role | None = None


_HEADINGS = _Line("line", "kind", "model", "tier", "$ in", "$ out", "environments", "resolved by")
_CELLS = ("place", "kind", "model", "tier", "price_in", "price_out", "environments", "resolution")
_AT_RIGHT = {"place", "price_in", "price_out"}


def inventory(
    rows: Sequence[Row],
    resources: Sequence[Resource],
    errors: Sequence[ScanError],
    printing: Printing,
    group: Group = Group.FILE,
    estimates: Sequence[Estimate] = (),
    explain_cost: bool = False,
) -> str:
    """The rows as a table where it fits the width, else with the facts of each model below it; then what could not be told."""
    lines: list[str] = []
    tables = [(heading, list(_table(members, group, printing))) for heading, members in _grouped(rows, group)]
    widths = _widths([line for _, table in tables for line in table], printing.width)
    if rows and widths["model"]:
        lines.extend([printing.paint(_row(_HEADINGS, widths), Role.FAINT), ""])
    for heading, table in tables:
        lines.append(printing.paint(escape.terminal(_heading(heading, group, printing)), Role.STRONG))
        lines.extend(_wide(table, widths, printing) if widths["model"] else _narrow(table, widths, printing))
        lines.append("")
    lines.extend(spending.lines(estimates, printing, explain_cost))
    lines.extend(_summary(rows, resources, errors, printing))
    return "".join(f"{line}\n" for line in lines)


def _widths(lines: Sequence[_Line], width: int | None) -> dict[str, int]:
    """The columns of each cell; 0 for the model where too few models fit beside their facts for a table to be of use."""
    models = [line for line in lines if line.remark is None]
    widths = {cell: max((columns(getattr(line, cell)) for line in (_HEADINGS, *models)), default=0) for cell in _CELLS}
    for cell in ("place", "kind"):
        widths[cell] = max((columns(getattr(line, cell)) for line in (_HEADINGS, *lines)), default=0)
    if width is not None:
        room = width - sum(size for cell, size in widths.items() if cell != "model") - len(GAP) * len(_CELLS)
        fitting = [size for line in models if (size := columns(line.model)) <= room]
        enough = len(fitting) >= _FITTING_SHARE * len(models)
        widths["model"] = max((len(_HEADINGS.model), *fitting)) if enough and room > len(_HEADINGS.model) else 0
    return widths


def _grouped(rows: Sequence[Row], group: Group) -> Iterable[tuple[str, Iterable[Row]]]:
    if group is Group.FILE:
        return groupby(sorted(rows, key=lambda row: row.reference.location.path), lambda row: row.reference.location.path)
    # Rows without a workload come last.
    in_order = sorted(rows, key=lambda row: (row.reference.workload is None, row.reference.workload or ""))
    return groupby(in_order, lambda row: row.reference.workload or "")


def _heading(heading: str, group: Group, printing: Printing) -> str:
    return printing.shown(heading) if group is Group.FILE else heading or NO_WORKLOAD


def _table(rows: Iterable[Row], group: Group, printing: Printing) -> Iterable[_Line]:
    """The lines of every place; roots that call one place with the same outcome share its lines."""
    places: dict[object, dict[tuple[_Line, ...], list[str]]] = {}
    for row in rows:
        reference = row.reference
        outcomes = places.setdefault((reference.location, reference.kind, reference.sink), {})
        outcomes.setdefault(tuple(_lines(row, group, printing)), []).append(reference.root)
    for outcomes in places.values():
        for lines, roots in outcomes.items():
            yield from lines
            if len(roots) > 1 or len(outcomes) > 1:
                yield _Line("", "", escape.terminal(_called_from(roots)), remark=Role.FAINT)


def _called_from(roots: Sequence[str]) -> str:
    named = list(roots[:MOST_ROOTS])
    named.extend([f"{len(roots) - MOST_ROOTS:,} more"] if len(roots) > MOST_ROOTS else [])
    return f"from root{'s' if len(roots) > 1 else ''} {listed(named)}"


def _lines(row: Row, group: Group, printing: Printing) -> Iterable[_Line]:
    """A line per model of a route, and one for what cannot be told of it; place and kind stand on the first."""
    reference = row.reference
    number = str(reference.location.span.start_line)
    place = number if group is Group.FILE else escape.terminal(f"{printing.shown(reference.location.path)}:{number}")
    first = (place, str(reference.kind))
    for model in row.models:
        yield _model_line(first, model, model.choice.environments or reference.environments)
        first = ("", "")
    if reference.unknown is not None:
        yield _Line(*first, f"{UNKNOWN} {escape.terminal(reference.unknown.reason)}", remark=Role.WARNING)


def _model_line(first: tuple[str, str], model: RowModel, environments: Sequence[str]) -> _Line:
    return _Line(
        *first,
        escape.terminal(model.choice.model.id),
        escape.terminal(model.tier or NOTHING),
        _price(model.input_usd_per_million_tokens),
        # Embedding models have no output to bill.
        _price(model.output_usd_per_million_tokens or None),
        escape.terminal(", ".join(environments)) or NOTHING,
        str(model.choice.resolution),
    )


def _price(usd: float | None) -> str:
    return NOTHING if usd is None else dollars(usd)


def _wide(table: Sequence[_Line], widths: dict[str, int], printing: Printing) -> Iterable[str]:
    for line in table:
        if line.remark is not None:
            yield from _remark(line, widths, printing)
        elif columns(line.model) > widths["model"]:
            # A long ARN stands alone, so that it does not push the columns of every other row aside.
            yield _start(line, widths) + line.model
            yield _row(replace(line, place="", kind="", model=""), widths)
        else:
            yield _row(line, widths)


def _row(line: _Line, widths: dict[str, int]) -> str:
    cells = (pad(getattr(line, cell), widths[cell], right=cell in _AT_RIGHT) for cell in _CELLS)
    return (GAP + GAP.join(cells)).rstrip()


def _narrow(table: Sequence[_Line], widths: dict[str, int], printing: Printing) -> Iterable[str]:
    margin = " " * _margin(widths)
    for line in table:
        if line.remark is not None:
            yield from _remark(line, widths, printing)
            continue
        yield _start(line, widths) + line.model
        priced = [f"${usd} {way}" for usd, way in ((line.price_in, "in"), (line.price_out, "out")) if usd != NOTHING]
        facts = [line.tier if line.tier != NOTHING else "no tier", ", ".join(priced) or "price not known"]
        facts.extend([line.environments] if line.environments != NOTHING else [])
        yield from (
            margin + printing.paint(each, Role.FAINT)
            for each in _wrapped("; ".join([*facts, line.resolution]), margin, printing)
        )


def _remark(line: _Line, widths: dict[str, int], printing: Printing) -> Iterable[str]:
    margin = " " * _margin(widths)
    role = line.remark or Role.FAINT
    first, *rest = _wrapped(line.model, margin, printing)
    yield _start(line, widths) + printing.paint(first, role)
    yield from (f"{margin}{GAP}{printing.paint(each, role)}" for each in rest)


def _start(line: _Line, widths: dict[str, int]) -> str:
    return f"{GAP}{pad(line.place, widths['place'], right=True)}{GAP}{pad(line.kind, widths['kind'])}{GAP}"


def _margin(widths: dict[str, int]) -> int:
    return widths["place"] + widths["kind"] + 3 * len(GAP)


def _wrapped(text: str, margin: str, printing: Printing) -> list[str]:
    return wrap(text, printing.width, len(margin), len(margin) + len(GAP))


def _summary(
    rows: Sequence[Row], resources: Sequence[Resource], errors: Sequence[ScanError], printing: Printing
) -> Iterable[str]:
    if errors:
        yield from unread(errors, printing)
    if not rows:
        yield "no model routes found"
        return
    models = {model.catalog_id or model.choice.model.id for row in rows for model in row.models}
    files = counted(len({row.reference.location.path for row in rows}), "file")
    tiers = Counter(model.tier or "no tier" for row in rows for model in row.models)
    yield f"{counted(len(rows), 'route')} in {files}, {counted(len(models), 'model')}" + (
        f": {listed([f'{tiers[name]:,} x {escape.terminal(name)}' for name in sorted(tiers)])}" if tiers else ""
    )
    yield resolved(Coverage(len(rows), sum(1 for row in rows if row.reference.unknown is None)))
    yield _tagged(rows, resources)
    yield from _priced(rows)


def _tagged(rows: Sequence[Row], resources: Sequence[Resource]) -> str:
    tags = [row.reference.tags for row in rows] + [resource.tags for resource in resources]
    taggable = [each for each in tags if each is not None]
    tagged = sum(1 for each in taggable if each.entries)
    return f"{tagged:,} of {counted(len(taggable), 'taggable place')} tagged"


def _priced(rows: Sequence[Row]) -> Iterable[str]:
    if any(model.input_usd_per_million_tokens is not None for row in rows for model in row.models):
        yield "prices in US dollars per million tokens, for the scope and region of the route"
