"""From resolved routes to the rows of an inventory: model, tier and unit price of every choice."""

from __future__ import annotations

from collections.abc import Iterable

from routelint import cost
from routelint.catalog import Catalog
from routelint.deferred import dataclass
from routelint.model import Choice, ModelReference
from routelint.policy import Policy


@dataclass(frozen=True, slots=True)
class RowModel:
    """One model of a route; prices are what the route's scope and region pay, None where not known."""

    choice: Choice
    catalog_id: str | None = None
    tier: str | None = None
    input_usd_per_million_tokens: float | None = None
    output_usd_per_million_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One route with its models looked up."""

    reference: ModelReference
    models: tuple[RowModel, ...]


def rows(references: Iterable[ModelReference], policy: Policy, catalog: Catalog) -> tuple[Row, ...]:
    """A row per route, in the order given."""
    return tuple(
        Row(reference, tuple(_row_model(choice, reference, policy, catalog) for choice in reference.choices))
        for reference in references
    )


def _row_model(choice: Choice, reference: ModelReference, policy: Policy, catalog: Catalog) -> RowModel:
    model = None if choice.model.is_pattern else catalog.find(choice.model)
    if model is None:
        return RowModel(choice)
    rate = cost.rate_of(model, choice, reference, policy)
    tier = cost.tier(model, policy)
    if isinstance(rate, str):
        return RowModel(choice, model.id, tier)
    return RowModel(choice, model.id, tier, rate.price.input, rate.price.output)
