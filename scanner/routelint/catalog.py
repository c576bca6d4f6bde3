"""The models Amazon Bedrock is known to offer: rows of `catalog/*.yaml`, read from their index."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from routelint import model_id
from routelint.model import Form, ModelId

FOLDER = Path(__file__).parent / "catalog"
STALE_AFTER = timedelta(days=90)


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

    `list` is the lowest published rate; `regional` what a call in a commercial Region pays; `scopes` and `regions` hold what
    differs from these. `tiers` (batch, flex, priority, ...) and the cache prices are those of a regional call. Where there is
    no `list`, `unpriced` says why.
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
    can be invoked on demand, where that is known. `replacements` and `substitutes` are ids, best first.
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
    misspellings: tuple[str, ...] = ()

    @property
    def list_price(self) -> Price | None:
        """The lowest published rate; None where it is not priced per token, and `prices.unpriced` says why."""
        return self.prices.list

    def price(self, scope: str | None = None, region: str | None = None) -> Price | None:
        """What a call pays that uses the profile of `scope` (None: the bare id) from `region`; None where that is not known."""
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
        return prices.list if scope == "global" else prices.regional or prices.list

    def status(self, today: date) -> Status:
        """Where the model stands on a day."""
        return self.lifecycle.status(today)


class Cheaper(NamedTuple):
    """A cheaper model, what it costs as a share of the dearer one at list price, and what it cannot do that the other can."""

    model: Model
    ratio: float
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """The known id that a wrong one comes nearest to, and what is wrong with that one."""

    id: str
    reason: str


class Catalog:
    """The models known, asked by any spelling."""

    def __init__(self, index: Mapping[str, Any]) -> None:
        """Takes the content of an index as `tools/build_data.py` writes it."""
        self._rows: Mapping[str, Mapping[str, Any]] = index["models"]
        self._names: Mapping[str, str] = index["names"]
        self._constants: Mapping[str, str] = index["cdk"]
        self._read: dict[str, Model] = {}
        self.as_of = date.fromisoformat(index["as_of"])

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Every model, sorted by provider and id."""
        return tuple(self._model(identity) for identity in self._rows)

    def find(self, named: ModelId | str) -> Model | None:
        """The model an identifier names in a spelling AWS takes; None for what is opaque, a pattern or not known."""
        if isinstance(named, str):
            reading = model_id.read(named)
            if reading is None:
                identity = self._names.get(named)
                return self._model(identity) if identity is not None else None
            named = reading
        if named.form.opaque or named.is_pattern:
            return None
        identity = self._names.get(f"{named.base}:{named.context}") if named.context else None
        identity = identity or self._names.get(named.base) or self._unsized.get(named.base)
        return self._model(identity) if identity is not None else None

    def knows(self, text: str) -> bool:
        """Whether a text names a model in any spelling, a misspelt one included."""
        reading = model_id.read(text)
        if reading is None or reading.form.opaque:
            return False
        if reading.is_pattern:
            return reading.id != "*" and bool(self.match(reading))
        return self.find(reading) is not None or self._slip(reading.base) is not None

    def match(self, pattern: ModelId | str) -> tuple[Model, ...]:
        """The models a wildcard stands for: by their ids, or by their profile ids where it names profiles."""
        if isinstance(pattern, str):
            reading = model_id.read(pattern)
            if reading is None:
                return ()
            pattern = reading
        if pattern.form.opaque:
            return ()
        glob = pattern.id.replace("[", "[[]")
        if pattern.form is Form.SYSTEM_PROFILE:
            return tuple(m for m in self.models if any(fnmatchcase(f"{scope}.{m.id}", glob) for scope in m.profiles))
        return tuple(m for m in self.models if fnmatchcase(m.id, glob))

    def near(self, text: str) -> Near | None:
        """The known id nearest to one that is not known, and why it is not that one; None where nothing is near."""
        reading = model_id.read(text)
        base = text if reading is None else reading.base
        slip = self._slip(base.lower())
        if slip is not None:
            return slip
        close = difflib.get_close_matches(base.lower(), self._rows, n=1, cutoff=0.8)
        return Near(close[0], "nearest known id") if close else None

    def replacement(self, model: Model, today: date) -> Model | None:
        """The active model to move to, following replacements that are themselves no longer active."""
        seen = {model.id}
        queue = list(model.replacements)
        while queue:
            identity = queue.pop(0)
            if identity in seen or identity not in self._rows:
                continue
            seen.add(identity)
            candidate = self._model(identity)
            if candidate.status(today) is Status.ACTIVE:
                return candidate
            queue.extend(candidate.replacements)
        return None

    def cheaper(self, model: Model, today: date) -> list[Cheaper]:
        """Active substitutes that cost less at list price, in the catalog's order: nearest in capability first."""
        if model.list_price is None:
            return []
        found = []
        for identity in model.substitutes:
            candidate = self._model(identity)
            if candidate.list_price is None or candidate.status(today) is not Status.ACTIVE:
                continue
            ratio = blended(candidate.list_price) / blended(model.list_price)
            if ratio < 1:
                found.append(Cheaper(candidate, ratio, _caveats(model, candidate)))
        return found

    def cdk(self, name: str) -> str | None:
        """The id a CDK constant stands for: `ANTHROPIC_CLAUDE_SONNET_4_6`."""
        return self._constants.get(name)

    def stale(self, today: date) -> bool:
        """Whether the data are too old to be trusted on a day."""
        return today - self.as_of > STALE_AFTER

    @cached_property
    def _unsized(self) -> dict[str, str]:
        """Sized ids without their size: `anthropic.claude-v2:0`."""
        return {
            sized.rpartition(":")[0]: identity
            for identity, row in self._rows.items()
            for sized in row.get("sized", ())
            if sized.rpartition(":")[0] not in self._names
        }

    @cached_property
    def _misspelt(self) -> dict[str, str]:
        return {wrong: identity for identity, row in self._rows.items() for wrong in row.get("misspellings", ())}

    def _slip(self, base: str) -> Near | None:
        """A typical slip: a small edit makes the id a known one."""
        for candidate, reason in _repairs(base):
            identity = self._names.get(candidate)
            if identity is not None:
                return Near(identity, reason)
        identity = self._misspelt.get(base)
        return Near(identity, "a spelling that AWS does not take") if identity is not None else None

    def _model(self, identity: str) -> Model:
        model = self._read.get(identity)
        if model is None:
            model = self._read[identity] = _model(identity, self._rows[identity])
        return model


def _repairs(base: str) -> list[tuple[str, str]]:
    """What a wrong id may have been meant to be, and what is then wrong with it, likeliest first."""
    repairs = []
    if re.search(r"-v\d$", base):
        repairs.append((base + ":0", "missing ':0'"))
        repairs.append((base[:-3], f"'{base[-3:]}' is not part of this id"))
    if match := re.search(r"(-v\d):\d$", base):
        repairs.append((base[: -len(match[0])], f"'{match[0]}' is not part of this id"))
        repairs.append((base[:-2], f"'{base[-2:]}' is not part of this id"))
    if re.search(r"-\d{8}$", base):
        repairs.append((base + "-v1:0", "missing '-v1:0'"))
    else:
        repairs.append((base + "-v1:0", "missing '-v1:0'"))
    return repairs


# Smaller differences decide nothing: contexts of 1,000,000 and 1,050,000 hold the same prompt, and answers seldom near the cap.
_CONTEXT_LEEWAY = 0.9
_OUTPUT_LEEWAY = 0.5


def _caveats(model: Model, substitute: Model) -> tuple[str, ...]:
    """What the substitute cannot do that the model can."""
    caveats = []
    if model.image_input and not substitute.image_input:
        caveats.append("no image input")
    context, other_context = model.context_window, substitute.context_window
    if context and other_context and other_context < _CONTEXT_LEEWAY * context:
        caveats.append(f"context {other_context} < {context}")
    output, other_output = model.max_output_tokens, substitute.max_output_tokens
    if output and other_output and other_output < _OUTPUT_LEEWAY * output:
        caveats.append(f"max output {other_output} < {output}")
    return tuple(caveats)


def _model(identity: str, row: Mapping[str, Any]) -> Model:
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
        image_input="image" in row.get("input", ()),
        profiles=tuple(row.get("profiles", ())),
        on_demand=row.get("on_demand"),
        gated=row.get("gated", False),
        replacements=tuple(row.get("replacements", ())),
        substitutes=tuple(row.get("substitutes", ())),
        sized=tuple(row.get("sized", ())),
        misspellings=tuple(row.get("misspellings", ())),
    )


_TIERS = ("batch", "flex", "priority", "latency_optimized", "ultrafast")


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
    if row is None or "input" not in row:
        return None
    return Price(float(row["input"]), float(row.get("output", 0)))


_DATES = ("launched", "legacy", "extended_access", "end_of_life", "no_sooner_than")


def _lifecycle(row: Mapping[str, Any]) -> Lifecycle:
    return Lifecycle(
        **{name: date.fromisoformat(row[name]) for name in _DATES if name in row},
        stated=Status(row["stated"]) if "stated" in row else None,
        notice_days=row.get("notice_days"),
        note=row.get("note"),
    )


@cache
def load() -> Catalog:
    """The catalog that comes with the program."""
    return Catalog(json.loads((FOLDER / "index.json").read_text("utf-8")))
