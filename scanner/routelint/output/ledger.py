"""The ledger of justifications as a table for people, as JSON and as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from routelint.ledger import Carried, Line, State
from routelint.output import escape
from routelint.output.layout import Role, counted, grid, listed, wrap
from routelint.output.prices import ratio, rounded
from routelint.output.printing import Printing
from routelint.policy import Approval

VERSION = 1
NOTHING = "-"
MOST_ROUTES = 5
_HEADINGS = ("id", "state", "expires", "days left", "routes", "ratio", "owner", "approvals")
_AT_RIGHT = (3, 4, 5)
_ROLES = {State.EXPIRED: Role.ERROR, State.INCOMPLETE: Role.ERROR, State.EXPIRING: Role.WARNING, State.UNUSED: Role.NOTE}


def text(lines: Sequence[Line], printing: Printing) -> str:
    """A row for each justification, below it its models and what it lacks."""
    if not lines:
        return "the policy holds no justifications\n"
    rows = [tuple(map(escape.terminal, _cells(line))) for line in lines]
    heading, *table = grid([_HEADINGS, *rows], _AT_RIGHT)
    printed = [printing.paint(heading.rstrip(), Role.FAINT)]
    for line, row in zip(lines, table, strict=True):
        role = _ROLES.get(line.state)
        printed.append(row.rstrip() if role is None else printing.paint(row.rstrip(), role))
        printed.extend(_below(line, printing))
    states = Counter(line.state for line in lines)
    counts = listed([f"{states[state]:,} {state}" for state in State if states[state]])
    printed.extend(["", f"{counted(len(lines), 'justification')}: {counts}"])
    return "".join(f"{each}\n" for each in printed)


def _cells(line: Line) -> tuple[str, ...]:
    highest = line.ratio
    return (
        line.entry.id,
        str(line.state),
        line.entry.expires.isoformat(),
        str(line.days_left),
        str(len(line.routes)),
        NOTHING if highest is None else ratio(highest),
        ", ".join(line.owners) or NOTHING,
        "; ".join(f"{role}: {_approval(approval)}" for role, approval in line.approvals) or NOTHING,
    )


def _approval(approval: Approval | None) -> str:
    return "missing" if approval is None else f"{approval.by} {approval.on}"


def _below(line: Line, printing: Printing) -> Iterator[str]:
    places = [f"{printing.shown(each.path)}:{each.span.start_line}" for each in line.routes]
    more = [f"{len(places) - MOST_ROUTES:,} more"] if len(places) > MOST_ROUTES else []
    facts = [f"covers {listed([*places[:MOST_ROUTES], *more])}"] if places else []
    facts.extend(_carries(each) for each in line.models)
    facts.extend(f"does not count: {flaw}" for flaw in line.flaws)
    for fact in facts:
        for each in wrap(escape.terminal(fact), printing.width, 4, 6):
            yield "    " + printing.paint(each, Role.FAINT)


def _carries(carried: Carried) -> str:
    if carried.substitute is None:
        return f"{carried.model}: no cheaper model is allowed"
    if carried.ratio is None:
        return f"{carried.model}: beside {carried.substitute}"
    return f"{carried.model}: {ratio(carried.ratio)} the price of {carried.substitute} per token"


def json(lines: Sequence[Line]) -> str:
    """Every justification with all that is known of it."""
    return escape.json_text({"version": VERSION, "justifications": [_line(line) for line in lines]})


def _line(line: Line) -> dict[str, object]:
    entry = line.entry
    return {
        "id": entry.id,
        "state": str(line.state),
        "reason": entry.reason,
        "expires": entry.expires.isoformat(),
        "days_left": line.days_left,
        "owners": list(line.owners),
        "workloads": list(entry.workloads),
        "environments": list(entry.environments),
        "approvals": {
            role: None if approval is None else {"by": approval.by, "on": approval.on.isoformat()}
            for role, approval in line.approvals
        },
        "routes": [{"path": each.path, "line": each.span.start_line, "symbol": each.symbol} for each in line.routes],
        "models": [
            {"model": each.model, "cheapest_substitute": each.substitute, "price_ratio": rounded(each.ratio)}
            for each in line.models
        ],
        "does_not_count": list(line.flaws),
        "path": None if entry.location is None else entry.location.path,
        "line": None if entry.location is None else entry.location.span.start_line,
    }


def csv(lines: Sequence[Line]) -> str:
    """A row for each justification, for a spreadsheet."""
    head = ("id", "state", "expires", "days_left", "owners", "workloads", "environments", "approvals", "routes", "models")
    rows: list[tuple[str | float, ...]] = [(*head, "price_ratio", "does_not_count", "reason")]
    for line in lines:
        entry = line.entry
        highest = rounded(line.ratio)
        rows.append(
            (
                entry.id,
                str(line.state),
                entry.expires.isoformat(),
                line.days_left,
                "; ".join(line.owners),
                "; ".join(entry.workloads),
                "; ".join(entry.environments),
                "; ".join(f"{role}: {_approval(approval)}" for role, approval in line.approvals),
                "; ".join(f"{each.path}:{each.span.start_line}" for each in line.routes),
                "; ".join(each.model for each in line.models),
                "" if highest is None else highest,
                "; ".join(line.flaws),
                entry.reason,
            )
        )
    return "".join(",".join(map(_csv_cell, row)) + "\r\n" for row in rows)


def _csv_cell(value: str | float) -> str:
    """A negative number is no formula."""
    return escape.csv_cell(value) if isinstance(value, str) else str(value)
