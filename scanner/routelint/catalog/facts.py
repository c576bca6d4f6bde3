"""What the catalog says of one model: identity, prices, lifecycle; read from a row of its index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Any

from routelint.deferred import dataclass
from routelint.model_id import SCOPES


class Status(StrEnum):
    """Where a model stands in its life on a given day."""

    ACTIVE = "active"
    LEGACY = "legacy"
    RETIRED = "retired"
    PREVIEW = "preview"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. An output of 0 means that no output tokens exist to bill (embeddings)."""

    input: float
    output: float


def blended(price: Price, input_share: float = 3, output_share: float = 1) -> float:
    """Dollars per million tokens of a mix of input and output; the shares need not add up to anything."""
    return (price.input * input_share + price.output * output_share) / (input_share + output_share)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The dates of a model's life. `stated` is what the source says without a date; `note` tells where Regions differ."""

    launched: date | None = None
    legacy: date | None = None
    extended_access: date | None = None
    end_of_life: date | None = None
    no_sooner_than: date | None = None
    stated: Status | None = None
    notice_days: int | None = None
    note: str | None = None

    def status(self, today: date) -> Status:
        """What the model is on a day."""
        if self.end_of_life is not None and today >= self.end_of_life:
            return Status.RETIRED
        if self.legacy is not None and today >= self.legacy:
            return Status.LEGACY
        return self.stated or Status.ACTIVE


@dataclass(frozen=True, slots=True)
class Prices:
    """Every price of a model, US dollars per million tokens.

    `list` is the lowest published rate; `regional` what a call in a commercial Region pays where that is more; `scopes` and
    `regions` hold what differs from these. `tiers` (batch, flex, priority, ...), cache and long-context prices are those of
    a regional call. Where there is no `list`, `unpriced` says why.
    """

    list: Price | None = None
    regional: Price | None = None
    scopes: Mapping[str, Price] = field(default_factory=dict)
    regions: Mapping[str, Price] = field(default_factory=dict)
    tiers: Mapping[str, Price] = field(default_factory=dict)
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    long_context: Price | None = None
    long_context_above: int | None = None
    extended_access: Price | None = None
    unpriced: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the catalog.

    `profiles` are the scope prefixes under which it has a system inference profile; `on_demand` tells whether its bare id
    can be invoked on demand, where that is known. `replacements` and `substitutes` are ids, best first; `sized` are the ids
    of provisioned throughput by context length.
    """

    id: str
    provider: str
    vendor: str
    family: str
    generation: str
    name: str
    modality: str
    prices: Prices
    lifecycle: Lifecycle
    context_window: int | None = None
    max_output_tokens: int | None = None
    image_input: bool = False
    profiles: tuple[str, ...] = ()
    on_demand: bool | None = None
    gated: bool = False
    replacements: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    sized: tuple[str, ...] = ()

    @property
    def list_price(self) -> Price | None:
        """The lowest published rate; None where it is not priced per token, and `prices.unpriced` says why."""
        return self.prices.list

    def price(self, scope: str | None = None, region: str | None = None) -> Price | None:
        """What a call pays that uses the profile of `scope` (None: the bare id) from `region` (None: a commercial one).

        None where that is not known: no premium is assumed for GovCloud, and a scope that cannot be told has a price only
        where every scope costs the same.
        """
        prices = self.prices
        if prices.list is None:
            return None
        regional = prices.regions.get(region or "")
        if scope is None and regional is not None:
            return regional
        if scope == "us-gov" or (region or "").startswith("us-gov-"):
            return prices.scopes.get("us-gov") or regional or prices.regions.get("us-gov-west-1")
        scoped = prices.scopes.get(scope or "")
        if scoped is not None:
            return scoped
        if scope is not None and scope not in (*SCOPES, "mantle"):
            return prices.list if prices.regional is None and not prices.scopes else None
        return prices.list if scope == "global" else prices.regional or prices.list

    def status(self, today: date) -> Status:
        """Where the model stands on a day."""
        return self.lifecycle.status(today)


@dataclass(frozen=True, slots=True)
class Details:
    """What only a person asks of a model: further spellings, capabilities, and where each fact is from.

    `media` maps a unit (`per_image`, `per_video_second`) to US dollars; `doubts` are where sources disagree, one clause each.
    """

    price_source: tuple[str, ...]
    lifecycle_source: tuple[str, ...]
    sources: tuple[str, ...]
    price_url: str | None = None
    inputs: tuple[str, ...] = ("text",)
    outputs: tuple[str, ...] = ("text",)
    capabilities: Mapping[str, bool] = field(default_factory=dict)
    media: Mapping[str, float] = field(default_factory=dict)
    endpoints: Mapping[str, bool] = field(default_factory=dict)
    on_demand_note: str | None = None
    disputed_profiles: tuple[str, ...] = ()
    aws_replacements: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    mantle_id: str | None = None
    vendor_id: str | None = None
    cdk: tuple[str, ...] = ()
    confidence: str = "high"
    doubts: tuple[str, ...] = ()


def read_model(identity: str, row: Mapping[str, Any]) -> Model:
    """The model of a row of the index."""
    return Model(
        id=identity,
        provider=row["provider"],
        vendor=row["vendor"],
        family=row["family"],
        generation=row["generation"],
        name=row["name"],
        modality=row["modality"],
        prices=_prices(row["price"]),
        lifecycle=_lifecycle(row["lifecycle"]),
        context_window=row.get("context_window"),
        max_output_tokens=row.get("max_output_tokens"),
        image_input="image" in row.get("inputs", ()),
        profiles=tuple(row.get("profiles", ())),
        on_demand=row.get("on_demand"),
        gated=row.get("gated", False),
        replacements=tuple(row.get("replacements", ())),
        substitutes=tuple(row.get("substitutes", ())),
        sized=tuple(row.get("sized", ())),
    )


def read_details(row: Mapping[str, Any]) -> Details:
    """The details of a row of their index."""
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Details(**fields)


_TIERS = ("batch", "flex", "priority", "latency_optimized", "ultrafast")
_DATES = ("launched", "legacy", "extended_access", "end_of_life", "no_sooner_than")


def _prices(row: Mapping[str, Any]) -> Prices:
    cached = row.get("cache", {})
    long_context = row.get("long_context")
    return Prices(
        list=_price(row.get("list")),
        regional=_price(row.get("regional")),
        scopes={scope: price for scope, each in row.get("scopes", {}).items() if (price := _price(each))},
        regions={region: price for region, each in row.get("regions", {}).items() if (price := _price(each))},
        tiers={tier: price for tier in _TIERS if (price := _price(row.get(tier)))},
        cache_read=cached.get("read"),
        cache_write=cached.get("write_5m"),
        cache_write_1h=cached.get("write_1h"),
        long_context=_price(long_context),
        long_context_above=long_context["above_input_tokens"] if long_context else None,
        extended_access=_price(row.get("extended_access")),
        unpriced=row.get("unpriced"),
    )


def _price(row: Mapping[str, Any] | None) -> Price | None:
    if row is None or "input" not in row or row.get("doubtful"):
        return None
    return Price(float(row["input"]), float(row.get("output", 0)))


def _lifecycle(row: Mapping[str, Any]) -> Lifecycle:
    return Lifecycle(
        **{name: date.fromisoformat(row[name]) for name in _DATES if name in row},
        stated=Status(row["stated"]) if "stated" in row else None,
        notice_days=row.get("notice_days"),
        note=row.get("note"),
    )
