"""The ledger of a policy's justifications: who approved what until when, what it covers, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from routelint import cost, justifications, substitutes
from routelint.catalog import Model
from routelint.deferred import dataclass
from routelint.justifications import FlawKind
from routelint.model import Location
from routelint.policy import Approval, Justification
from routelint.rule import Context


class State(StrEnum):
    """How a justification stands on a day."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Carried:
    """A model that routes take under a justification, and how many times its cheapest allowed substitute it costs per token.

    `ratio` is None where a price is not known or nothing cheaper is allowed.
    """

    model: str
    substitute: str | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One justification of the ledger; `flaws` are why it does not count, one clause each."""

    entry: Justification
    state: State
    days_left: int
    owners: tuple[str, ...] = ()
    approvals: tuple[tuple[str, Approval | None], ...] = ()
    routes: tuple[Location, ...] = ()
    models: tuple[Carried, ...] = ()
    flaws: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """The highest ratio carried."""
        return max((each.ratio for each in self.models if each.ratio is not None), default=None)


def lines(context: Context) -> tuple[Line, ...]:
    """A line for each justification: what needs a decision first, then by the day it expires and its id."""
    order = list(_URGENCY)
    found = [_line(entry, context) for entry in context.policy.justifications]
    return tuple(sorted(found, key=lambda line: (order.index(line.state), line.entry.expires, line.entry.id)))


_URGENCY = (State.EXPIRED, State.INCOMPLETE, State.EXPIRING, State.VALID, State.UNUSED)


def _line(entry: Justification, context: Context) -> Line:
    policy, today = context.policy, context.today
    uses = context.uses(entry)
    flaws = list(justifications.flaws(entry, policy, today))
    for reference, choice in uses:
        flaws.extend(justifications.change_flaws(entry, context.changed(reference, choice)))
    days_left = (entry.expires - today).days
    models = {model.id: model for _, choice in uses if (model := context.model(choice)) is not None}
    return Line(
        entry,
        _state([flaw.kind for flaw in flaws], days_left, bool(uses), context),
        days_left,
        _owners(entry, [reference.workload for reference, _ in uses], context),
        tuple((role, entry.approval(role)) for role in _roles(entry, context)),
        tuple(dict.fromkeys(reference.location for reference, _ in uses)),
        tuple(_carried(models[name], context, today) for name in sorted(models)),
        tuple(dict.fromkeys(flaw.clause for flaw in flaws)),
    )


def _state(kinds: Sequence[FlawKind], days_left: int, used: bool, context: Context) -> State:
    if FlawKind.EXPIRED in kinds:
        return State.EXPIRED
    if kinds:
        return State.INCOMPLETE
    if not used and context.whole:
        return State.UNUSED
    return State.EXPIRING if days_left <= context.policy.expiry_notice_days else State.VALID


def _owners(entry: Justification, workloads: Sequence[str | None], context: Context) -> tuple[str, ...]:
    """Who owns the workloads it names and those its routes belong to; a workload without an owner stands for itself."""
    names = dict.fromkeys([*entry.workloads, *(name for name in workloads if name is not None)])
    declared = ((name, context.policy.workload(name)) for name in names)
    return tuple(dict.fromkeys((workload.owner if workload is not None else None) or name for name, workload in declared))


def _roles(entry: Justification, context: Context) -> tuple[str, ...]:
    """The roles that must approve, then others that did."""
    must = [role.name for role in context.policy.justification.roles]
    return tuple(dict.fromkeys([*must, *(approval.role for approval in entry.approvals)]))


def _carried(model: Model, context: Context, today: date) -> Carried:
    cheapest = substitutes.cheapest(model, context.policy, context.catalog, today)
    if cheapest is None:
        return Carried(model.id)
    return Carried(model.id, cheapest.id, cost.ratio(model, cheapest, context.policy))
