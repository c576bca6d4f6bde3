"""From the volume a workload declares to dollars per month, with the arithmetic; where a price is not known, why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date

from routelint import cost, substitutes
from routelint.catalog import Catalog, Model
from routelint.cost import Rate
from routelint.deferred import dataclass
from routelint.model import Kind, ModelReference
from routelint.policy import Policy, Volume, Workload

# What runs a model; a permission, a fallback and a purchase of capacity are not paid by the token.
_PAID_BY_TOKEN = frozenset({Kind.INVOKE, Kind.EMBED, Kind.AGENT, Kind.IMPLICIT})
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Spend:
    """What a workload's whole volume costs on one model.

    `usd_per_request` is the cost of one task; `usd_per_million_tokens` the average over input and output. `arithmetic` is how
    the month's amount was made, one line each.
    """

    model: Model
    identifier: str
    rate: Rate
    usd_per_month: float
    usd_per_request: float
    usd_per_million_tokens: float
    arithmetic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One model a workload takes in an environment: its cost and its cheapest allowed substitute's, or why that is not told."""

    identifier: str
    spend: Spend | None
    substitute: Spend | None = None
    unpriced: str = ""
    references: tuple[ModelReference, ...] = field(default=(), compare=False, repr=False)

    @property
    def saving_usd_per_month(self) -> float | None:
        """What the substitute would save in a month; None where either amount is not known."""
        if self.spend is None or self.substitute is None:
            return None
        return self.spend.usd_per_month - self.substitute.usd_per_month


@dataclass(frozen=True, slots=True)
class Estimate:
    """A workload in one environment (None: not said). Several options: how the volume divides between them is not declared."""

    workload: Workload
    environment: str | None
    options: tuple[Option, ...]

    @property
    def least(self) -> float | None:
        """The month's cost if the whole volume took the cheapest option; None where an option has no price."""
        amounts = self._amounts()
        return None if amounts is None else min(amounts)

    @property
    def most(self) -> float | None:
        """The month's cost if the whole volume took the dearest option; None where an option has no price."""
        amounts = self._amounts()
        return None if amounts is None else max(amounts)

    def _amounts(self) -> list[float] | None:
        amounts = [option.spend.usd_per_month for option in self.options if option.spend is not None]
        return amounts if amounts and len(amounts) == len(self.options) else None


def spend(model: Model, identifier: str, paid: Rate, volume: Volume, source: str) -> Spend:
    """What the volume costs at a rate, and how that was worked out; `source` says where the rate was read."""
    cached = min(volume.cached_input_tokens, volume.input_tokens) if paid.cache_read is not None else 0.0
    parts = [("input", volume.input_tokens - cached, paid.price.input), ("output", volume.output_tokens, paid.price.output)]
    if cached and paid.cache_read is not None:
        parts.insert(1, ("cached input", cached, paid.cache_read))
    lines, month = [], 0.0
    for name, tokens, usd in parts:
        amount = volume.requests_per_month * tokens * usd / _MILLION
        month += amount
        lines.append(
            f"{name}: {volume.requests_per_month:,.0f} requests x {tokens:,g} tokens x ${usd:.4g} per million = ${amount:,.2f}"
        )
    tokens = volume.requests_per_month * (volume.input_tokens + volume.output_tokens)
    lines.append(f"price: {paid.basis}, {source}")
    return Spend(
        model,
        identifier,
        paid,
        month,
        month / volume.requests_per_month if volume.requests_per_month else 0.0,
        month * _MILLION / tokens if tokens else 0.0,
        tuple(lines),
    )


@dataclass(frozen=True, slots=True, order=True)
class _Use:
    """A model as a route pays for it: one identifier from one region at one service tier."""

    identifier: str
    scope: str
    region: str
    service_tier: str


def estimates(references: Iterable[ModelReference], policy: Policy, catalog: Catalog, today: date) -> tuple[Estimate, ...]:
    """Every workload that declares a volume, in the policy's order, per environment in which its routes take a model."""
    routes: dict[str, list[ModelReference]] = {}
    for reference in references:
        if reference.kind in _PAID_BY_TOKEN and reference.workload is not None:
            routes.setdefault(reference.workload, []).append(reference)
    estimator = _Estimator(policy, catalog, today)
    return tuple(
        estimate
        for workload in policy.workloads
        if workload.volume is not None
        for estimate in estimator.of(workload, workload.volume, routes.get(workload.name, ()))
    )


@dataclass(frozen=True)
class _Estimator:
    policy: Policy
    catalog: Catalog
    today: date

    def of(self, workload: Workload, volume: Volume, references: Sequence[ModelReference]) -> Iterator[Estimate]:
        """The estimates of one workload; environments by name, the unnamed last."""
        taken: dict[str | None, dict[_Use, list[ModelReference]]] = {}
        models: dict[_Use, Model | None] = {}
        for reference in references:
            for choice in reference.choices:
                region = choice.model.region or reference.region or ""
                use = _Use(choice.model.id, choice.model.scope or "", region, reference.settings.get("service_tier", ""))
                models[use] = None if choice.model.is_pattern else self.catalog.find(choice.model)
                for environment in choice.environments or reference.environments or (None,):
                    taken.setdefault(environment, {}).setdefault(use, []).append(reference)
        # The volume speaks of what the workload writes; embeddings beside it have a volume of their own.
        spoken = {use for use, model in models.items() if model is None or self.policy.judges(model.modality)} or set(models)
        for environment in sorted(taken, key=lambda name: (name is None, name or "")):
            options = tuple(
                self._option(use, models[use], volume, tuple(using))
                for use, using in sorted(taken[environment].items(), key=lambda item: item[0])
                if use in spoken
            )
            if options:
                yield Estimate(workload, environment, options)

    def _option(self, use: _Use, model: Model | None, volume: Volume, references: tuple[ModelReference, ...]) -> Option:
        if model is None:
            return Option(use.identifier, None, None, f"'{use.identifier}' is not in the catalog", references)
        paid = self._rate(model, use, volume)
        if isinstance(paid, str):
            return Option(use.identifier, None, None, paid, references)
        own, other = self._spend(model, use.identifier, paid, volume), self._substitute(model, use, volume)
        cheaper = other if other is not None and other.usd_per_month < own.usd_per_month else None
        return Option(use.identifier, own, cheaper, "", references)

    def _substitute(self, model: Model, use: _Use, volume: Volume) -> Spend | None:
        cheaper = substitutes.cheapest(model, self.policy, self.catalog, self.today)
        if cheaper is None:
            return None
        scope = cost.scope_of(cheaper, use.scope or None, self.policy)
        paid = self._rate(cheaper, replace(use, scope=scope or ""), volume)
        return self._spend(cheaper, cost.identifier(cheaper, scope), paid, volume) if isinstance(paid, Rate) else None

    def _spend(self, model: Model, identifier: str, paid: Rate, volume: Volume) -> Spend:
        own = self.policy.prices.model(model.id)
        if own is not None:
            return spend(model, identifier, paid, volume, own.source)
        return spend(model, identifier, paid, volume, "; ".join(self.catalog.details(model).price_source))

    def _rate(self, model: Model, use: _Use, volume: Volume) -> Rate | str:
        return cost.rate(
            model,
            self.policy,
            scope=use.scope or None,
            region=use.region or None,
            service_tier=use.service_tier or None,
            input_tokens=volume.input_tokens,
        )
