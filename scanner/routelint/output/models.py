"""The catalog's models for people and as JSON: the list, and the page of one model with its prices, life and substitutes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from routelint import cost
from routelint.catalog import Catalog, Model, Price, Status
from routelint.catalog.facts import Details
from routelint.deferred import dataclass
from routelint.output.escape import json_text
from routelint.output.layout import Role, columns, counted, grid, listed, wrap
from routelint.output.prices import dollars, ratio, rounded
from routelint.output.printing import Printing
from routelint.policy import Policy

VERSION = 1
NONE = "-"

_STATUS_ROLES = {Status.LEGACY: Role.WARNING, Status.RETIRED: Role.ERROR, Status.PREVIEW: Role.NOTE}
_TIER_NAMES = {"latency_optimized": "latency-optimized"}
_HEADINGS = ("model", "tier", "$ in", "$ out", "ratio", "status", "days left", "context")
_AT_RIGHT = {2, 3, 4, 6, 7}
# Which columns a narrow terminal does without, the first to go first.
_DISPENSABLE = ("context", "ratio", "days left", "status")


@dataclass(frozen=True)
class View:
    """What models are looked at with: the catalog, the policy that makes tiers, and the day."""

    catalog: Catalog
    policy: Policy
    today: date


def listing(models: Sequence[Model], view: View, printing: Printing) -> str:
    """The models by vendor with tier, list price, how many times the cheapest of their kind they cost, status and context."""
    cheapest = _cheapest((model for model in models if model.status(view.today) is not Status.RETIRED), view.policy)
    table = [_HEADINGS, *(_cells(model, view, cheapest) for model in models)]
    kept = _kept(table, printing.width)
    at_right = {place for place, column in enumerate(kept) if column in _AT_RIGHT}
    drawn = grid([[row[column] for column in kept] for row in table], at_right)
    lines = [printing.paint(f"  {drawn[0]}", Role.FAINT)]
    vendor = None
    for model, line in zip(models, drawn[1:], strict=True):
        if model.vendor != vendor:
            vendor = model.vendor
            lines.extend(["", printing.paint(vendor, Role.STRONG)])
        role = _STATUS_ROLES.get(model.status(view.today))
        lines.append(f"  {printing.paint(line, role) if role else line}")
    lines.extend(["", *_footnotes(models, view, printing, ratios=_HEADINGS.index("ratio") in kept)])
    return "".join(f"{line}\n" for line in lines)


def page(model: Model, view: View, printing: Printing) -> str:
    """One model: what it is, every price, the dates of its life, cheaper substitutes, the ids it answers to, the sources."""
    details = view.catalog.details(model)
    lines = [*_identity(model, view, printing), ""]
    for title, body in (
        (f"Price, US dollars{' per million tokens' if model.list_price else ''}", _price_lines(model, details)),
        ("Life", _life_lines(model, view)),
        ("Cheaper substitutes, nearest in capability first", _substitute_lines(model, view, printing.width)),
        ("Ids", _id_lines(model, details)),
        ("Sources", _source_lines(details, printing.width)),
    ):
        if body:
            lines.extend([printing.paint(title, Role.STRONG), *body, ""])
    lines.append(_as_of(view))
    return "".join(f"{line}\n" for line in lines)


def listing_json(models: Sequence[Model], view: View) -> str:
    """The models as a JSON document."""
    return json_text(
        {"version": VERSION, "as_of": view.catalog.as_of.isoformat(), "models": [_summary_json(each, view) for each in models]}
    )


def page_json(model: Model, view: View) -> str:
    """One model as a JSON document."""
    return json_text({"version": VERSION, "as_of": view.catalog.as_of.isoformat(), "model": _model_json(model, view)})


def _cells(model: Model, view: View, cheapest: Mapping[str, float]) -> tuple[str, ...]:
    price = cost.list_price(model, view.policy)
    blended = cost.blended(model, view.policy)
    low = cheapest.get(model.modality)
    return (
        model.id,
        cost.tier(model, view.policy) or NONE,
        *((NONE, NONE) if price is None else _both(price)),
        ratio(blended / low) if blended is not None and low else NONE,
        str(model.status(view.today)),
        NONE if (days := _days_left(model, view.today)) is None else f"{days:,}",
        NONE if model.context_window is None else f"{model.context_window:,}",
    )


def _kept(table: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """The numbers of the columns that fit."""
    widths = [max(map(columns, cells)) for cells in zip(*table, strict=True)]
    kept = list(range(len(widths)))
    for name in _DISPENSABLE:
        if width is not None and sum(widths[column] + 2 for column in kept) > width:
            kept.remove(_HEADINGS.index(name))
    return kept


def _cheapest(models: Iterable[Model], policy: Policy) -> dict[str, float]:
    """The lowest blended price that is not zero of each modality."""
    lowest: dict[str, float] = {}
    for model in models:
        blended = cost.blended(model, policy)
        if blended:
            lowest[model.modality] = min(blended, lowest.get(model.modality, blended))
    return lowest


def _days_left(model: Model, today: date) -> int | None:
    """The days to the end of life; None where no date is set or it is past."""
    end = model.lifecycle.end_of_life
    return (end - today).days if end is not None and end > today else None


def _standing(model: Model, today: date) -> str:
    """The status, with the days left where they are counted: `legacy, 45 days left`."""
    days = _days_left(model, today)
    return str(model.status(today)) + ("" if days is None else f", {counted(days, 'day')} left")


def _footnotes(models: Sequence[Model], view: View, printing: Printing, *, ratios: bool) -> Iterable[str]:
    yield f"{counted(len(models), 'model')}; list price in US dollars per million tokens; {_as_of(view)}"
    if ratios:
        mix = view.policy.prices.mix
        cheapest = "the cheapest listed model of the same modality that is not retired"
        text = f"ratio: how many times {cheapest} it costs, at {mix.input:g} input tokens to {mix.output:g} of output"
        yield from wrap(text, printing.width)


def _as_of(view: View) -> str:
    days = (view.today - view.catalog.as_of).days
    stale = f", {days} days old: prices and dates may have changed" if view.catalog.stale(view.today) else ""
    return f"catalog of {view.catalog.as_of}{stale}"


def _identity(model: Model, view: View, printing: Printing) -> Iterable[str]:
    standing = _standing(model, view.today)
    role = _STATUS_ROLES.get(model.status(view.today), Role.HELP)
    yield f"{printing.paint(model.name, Role.STRONG)}  {printing.paint(standing, role)}"
    yield f"  {model.id}"
    abilities = [f"{model.vendor} {model.modality} model", f"line {model.family}"]
    abilities.extend(["image input"] if model.image_input else [])
    abilities.extend([f"context {model.context_window:,} tokens"] if model.context_window else [])
    abilities.extend([f"output {model.max_output_tokens:,} tokens"] if model.max_output_tokens else [])
    abilities.extend(["access on request"] if model.gated else [])
    yield from _indented("; ".join(abilities), printing.width)
    tier = cost.tier(model, view.policy)
    verdict = view.policy.allows_model(model.id)
    allowed = "the policy allows it" if verdict.allowed else verdict.reason
    yield from _indented(f"{f'tier {tier}' if tier else 'no tier'}; {allowed}", printing.width)


def _price_lines(model: Model, details: Details) -> list[str]:
    prices = model.prices
    media = [f"  {line}" for line in grid([(unit.replace("_", " "), dollars(usd)) for unit, usd in details.media.items()], {1})]
    if prices.list is None:
        return [f"  not priced per token{f': {prices.unpriced}' if prices.unpriced else ''}", *media]
    rows = [("", "input", "output"), *((name, *_both(price)) for name, price in _named_prices(model))]
    for name, single in (
        ("cache read", prices.cache_read),
        ("cache write, 5 minutes", prices.cache_write),
        ("cache write, 1 hour", prices.cache_write_1h),
    ):
        if single is not None:
            rows.append((name, dollars(single), ""))
    return [*(f"  {line}" for line in grid(rows, {1, 2})), *media]


def _named_prices(model: Model) -> Iterable[tuple[str, Price]]:
    prices = model.prices
    if prices.list is not None:
        yield "list", prices.list
    if prices.regional is not None:
        yield "in a Region", prices.regional
    yield from ((f"profile {scope}", price) for scope, price in sorted(prices.scopes.items()))
    yield from sorted(prices.regions.items())
    yield from ((_TIER_NAMES.get(tier, tier), price) for tier, price in prices.tiers.items())
    if prices.long_context is not None:
        above = f" above {prices.long_context_above:,} input tokens" if prices.long_context_above else ""
        yield f"long context{above}", prices.long_context
    if prices.extended_access is not None:
        yield "extended access", prices.extended_access


def _both(price: Price) -> tuple[str, str]:
    return dollars(price.input), dollars(price.output) if price.output else NONE


def _life_lines(model: Model, view: View) -> list[str]:
    life = model.lifecycle
    rows = [
        (name, day.isoformat(), _distance(day, view.today))
        for name, day in (
            ("launched", life.launched),
            ("legacy", life.legacy),
            ("extended access", life.extended_access),
            ("end of life", life.end_of_life),
            ("end of life no sooner than", life.no_sooner_than),
        )
        if day is not None
    ]
    lines = [f"  {line}" for line in grid(rows)]
    lines.extend([f"  {life.note}"] if life.note else [])
    replacement = view.catalog.replacement(model, view.today)
    lines.extend([f"  move to {replacement.id}"] if replacement is not None else [])
    return lines


def _distance(day: date, today: date) -> str:
    days = (day - today).days
    if days == 0:
        return "today"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago"


def _substitute_lines(model: Model, view: View, width: int | None) -> list[str]:
    rows = [("model", "tier", "$ in", "$ out", "cheaper", "what it lacks")]
    for cheaper in view.catalog.cheaper(model, view.today):
        times = cost.ratio(model, cheaper.model, view.policy)
        price = cost.list_price(cheaper.model, view.policy)
        if times is None or times <= 1 or price is None:
            continue
        tier = cost.tier(cheaper.model, view.policy) or NONE
        lacks = "; ".join(cheaper.caveats) or NONE
        rows.append((cheaper.model.id, tier, *_both(price), ratio(times), lacks))
    if len(rows) == 1:
        return []
    lines = grid(rows, {2, 3, 4})
    if width is not None and max(map(columns, lines)) + 2 > width:
        # The last column goes below each row.
        bare = grid([row[:-1] for row in rows], {2, 3, 4})
        lines = [bare[0]]
        for line, row in zip(bare[1:], rows[1:], strict=True):
            lines.extend([line, *([f"    lacks: {row[-1]}"] if row[-1] != NONE else [])])
    return [f"  {line}" for line in lines]


def _id_lines(model: Model, details: Details) -> list[str]:
    on_demand = {True: "on demand", False: "not on demand: needs a profile", None: ""}[model.on_demand]
    rows = [(model.id, on_demand), *((f"{scope}.{model.id}", "inference profile") for scope in model.profiles)]
    rows.extend((sized, "provisioned throughput") for sized in model.sized)
    rows.extend((alias, "alias") for alias in details.aliases)
    rows.extend((constant, "CDK constant") for constant in details.cdk)
    return [f"  {line}" for line in grid(rows)]


def _source_lines(details: Details, width: int | None) -> list[str]:
    """Where price, dates and the rest are from, each source once, and where sources disagree."""
    used = {"price": details.price_source, "life": details.lifecycle_source, "other facts": details.sources}
    purposes: dict[str, list[str]] = {}
    for purpose, sources in used.items():
        for source in sources:
            purposes.setdefault(source, []).append(purpose)
    told = [f"{listed(what)}: {source}" for source, what in purposes.items()]
    told.extend([details.price_url] if details.price_url else [])
    told.extend(f"in doubt: {doubt}" for doubt in details.doubts)
    return [line for each in told for line in _indented(each, width)]


def _indented(text: str, width: int | None) -> Iterable[str]:
    first, *rest = wrap(text, width, 2, 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]


def _summary_json(model: Model, view: View) -> dict[str, object]:
    price = cost.list_price(model, view.policy)
    return {
        "id": model.id,
        "name": model.name,
        "vendor": model.vendor,
        "family": model.family,
        "modality": model.modality,
        "tier": cost.tier(model, view.policy),
        "allowed": view.policy.allows_model(model.id).allowed,
        "status": str(model.status(view.today)),
        "end_of_life": _day(model.lifecycle.end_of_life),
        "input_usd_per_million_tokens": None if price is None else rounded(price.input),
        "output_usd_per_million_tokens": None if price is None else rounded(price.output),
        "context_window": model.context_window,
        "max_output_tokens": model.max_output_tokens,
        "profiles": list(model.profiles),
        "on_demand": model.on_demand,
    }


def _model_json(model: Model, view: View) -> dict[str, object]:
    life, prices, details = model.lifecycle, model.prices, view.catalog.details(model)
    replacement = view.catalog.replacement(model, view.today)
    return {
        **_summary_json(model, view),
        "image_input": model.image_input,
        "prices": {
            "list": _price_json(prices.list),
            "regional": _price_json(prices.regional),
            "scopes": {scope: _price_json(price) for scope, price in sorted(prices.scopes.items())},
            "regions": {region: _price_json(price) for region, price in sorted(prices.regions.items())},
            "tiers": {tier: _price_json(price) for tier, price in sorted(prices.tiers.items())},
            "cache_read": rounded(prices.cache_read),
            "cache_write_5_minutes": rounded(prices.cache_write),
            "cache_write_1_hour": rounded(prices.cache_write_1h),
            "long_context": _price_json(prices.long_context),
            "long_context_above_input_tokens": prices.long_context_above,
            "extended_access": _price_json(prices.extended_access),
            "unpriced": prices.unpriced,
        },
        "lifecycle": {
            "launched": _day(life.launched),
            "legacy": _day(life.legacy),
            "extended_access": _day(life.extended_access),
            "end_of_life": _day(life.end_of_life),
            "end_of_life_no_sooner_than": _day(life.no_sooner_than),
            "days_left": None if life.end_of_life is None else (life.end_of_life - view.today).days,
            "note": life.note,
        },
        "replacement": None if replacement is None else replacement.id,
        "substitutes": [
            {
                "id": cheaper.model.id,
                "times_cheaper": None if (times := cost.ratio(model, cheaper.model, view.policy)) is None else rounded(times),
                "lacks": list(cheaper.caveats),
            }
            for cheaper in view.catalog.cheaper(model, view.today)
        ],
        "provisioned_ids": list(model.sized),
        "aliases": list(details.aliases),
        "cdk_constants": list(details.cdk),
        "media_usd": {unit: rounded(usd) for unit, usd in sorted(details.media.items())},
        "capabilities": dict(sorted(details.capabilities.items())),
        "sources": {
            "price": list(details.price_source),
            "lifecycle": list(details.lifecycle_source),
            "other": list(details.sources),
            "price_url": details.price_url,
        },
        "doubts": list(details.doubts),
    }


def _price_json(price: Price | None) -> dict[str, float | None] | None:
    if price is None:
        return None
    return {"input_usd_per_million_tokens": rounded(price.input), "output_usd_per_million_tokens": rounded(price.output)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
