"""What declared workloads cost in a month, for people: per environment and model, beside the cheapest allowed substitute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from routelint.output import escape
from routelint.output.layout import Role, wrap
from routelint.output.prices import dollars
from routelint.output.printing import Printing
from routelint.policy import Workload
from routelint.spend import Estimate, Option, Spend

INDENT = 2
NOT_SAID = "environment not said"


def lines(estimates: Sequence[Estimate], printing: Printing, explain: bool) -> Iterator[str]:
    """A heading per workload, a block per environment; `explain` adds the arithmetic of every amount."""
    if not estimates:
        return
    for _, of_workload in groupby(estimates, lambda estimate: estimate.workload.name):
        members = list(of_workload)
        heading = _wrapped(_heading(members[0].workload), 0, printing)
        yield from (printing.paint(each, Role.STRONG) for each in heading)
        for estimate in members:
            yield from _environment(estimate, printing, explain)
        yield ""
    if not explain:
        yield from _wrapped(
            "amounts are of the volumes the policy declares; `--explain-cost` shows the arithmetic", 0, printing
        )


def amount(usd: float) -> str:
    """Dollars and cents."""
    return f"${usd:,.2f}"


def _heading(workload: Workload) -> str:
    volume = workload.volume
    if volume is None:
        return workload.name
    cached = f" ({volume.cached_input_tokens:,g} cached)" if volume.cached_input_tokens else ""
    budget = f", budget {amount(workload.budget_usd_per_month)}" if workload.budget_usd_per_month is not None else ""
    return (
        f"{workload.name}: {volume.requests_per_month:,g} requests a month of {volume.input_tokens:,g} input{cached} and "
        f"{volume.output_tokens:,g} output tokens{budget}"
    )


def _environment(estimate: Estimate, printing: Printing, explain: bool) -> Iterator[str]:
    yield from _wrapped(estimate.environment or NOT_SAID, INDENT, printing)
    for option in estimate.options:
        yield from _option(option, printing, explain)
    least, most = estimate.least, estimate.most
    if least is not None and most is not None and len(estimate.options) > 1:
        split = f"how the volume divides is not declared: between {amount(least)} and {amount(most)} a month"
        yield from _wrapped(split, 2 * INDENT, printing)


def _option(option: Option, printing: Printing, explain: bool) -> Iterator[str]:
    if option.spend is None:
        yield from _wrapped(f"{option.identifier}: not priced, {option.unpriced}", 2 * INDENT, printing)
        return
    yield from _wrapped(f"{option.identifier}: {_amounts(option.spend)}", 2 * INDENT, printing)
    yield from _arithmetic(option.spend, printing, explain)
    saving = option.saving_usd_per_month
    if option.substitute is not None and saving is not None:
        told = f"{option.substitute.identifier} instead: {_amounts(option.substitute)}; saves {amount(saving)}"
        yield from _wrapped(told, 2 * INDENT, printing)
        yield from _arithmetic(option.substitute, printing, explain)


def _amounts(spend: Spend) -> str:
    return (
        f"{amount(spend.usd_per_month)} a month, ${dollars(spend.usd_per_request)} a task, "
        f"${dollars(spend.usd_per_million_tokens)} per million tokens"
    )


def _arithmetic(spend: Spend, printing: Printing, explain: bool) -> Iterator[str]:
    if explain:
        for line in spend.arithmetic:
            yield from (printing.paint(each, Role.FAINT) for each in _wrapped(line, 3 * INDENT, printing))


def _wrapped(text: str, indent: int, printing: Printing) -> Iterable[str]:
    margin = " " * indent
    first, *rest = wrap(escape.terminal(text), printing.width, indent, indent + INDENT)
    yield margin + first
    yield from (f"{margin}{' ' * INDENT}{each}" for each in rest)
