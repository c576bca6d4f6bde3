"""The facts of a route as short texts, for tables of any format; nothing here is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routelint.inventory import Row, RowModel
from routelint.model import Tags, Unknown
from routelint.output.prices import dollars

UNKNOWN_VALUE = "?"
FURTHER = "..."


def tags(given: Tags | None) -> Iterable[str]:
    """`key=value` of every tag by key, `?` for a value that cannot be told, `...` where there may be further ones."""
    if given is None:
        return
    for key, value in sorted(given.entries.items()):
        yield f"{key}={UNKNOWN_VALUE if isinstance(value, Unknown) else value}"
    if given.rest is not None:
        yield FURTHER


def environments(row: Row, model: RowModel | None) -> Sequence[str]:
    """Where a model of a route holds: what its trail proves, else what its place proves."""
    return row.reference.environments if model is None else model.choice.environments or row.reference.environments


def prices(model: RowModel) -> tuple[str, str]:
    """Dollars per million tokens in and out, empty where not known."""
    into, out = model.input_usd_per_million_tokens, model.output_usd_per_million_tokens
    # Embedding models have no output to bill.
    return ("" if into is None else dollars(into), "" if not out else dollars(out))
