"""From a model and a policy to tiers, unit prices and ratios. Never to a guessed amount of money."""

from __future__ import annotations

from routelint.catalog import Model, Price
from routelint.deferred import dataclass
from routelint.model import Choice, ModelReference
from routelint.policy import Policy

# How code spells a service tier -> how the catalog's prices name it. On-demand spellings need no price of their own.
_SERVICE_TIERS = {"batch": "batch", "flex": "flex", "priority": "priority", "optimized": "latency_optimized"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What tokens cost a route, US dollars per million, and which of a model's prices that is."""

    price: Price
    basis: str
    cache_read: float | None = None


def list_price(model: Model, policy: Policy) -> Price | None:
    """The list price per million tokens, or the policy's own price for the model; None where it is not known."""
    own = policy.prices.model(model.id)
    if own is not None:
        return Price(own.input_usd_per_million_tokens, own.output_usd_per_million_tokens)
    return model.list_price


def rate(
    model: Model,
    policy: Policy,
    *,
    scope: str | None = None,
    region: str | None = None,
    service_tier: str | None = None,
    input_tokens: float = 0,
) -> Rate | str:
    """What a route pays for a model, or why that is not known.

    A price the policy states wins and is not discounted; else the price of the service tier, of the long context where the
    input is longer than the ordinary price holds for, else of scope and region, less the policy's discount.
    """
    own = policy.prices.model(model.id)
    if own is not None:
        price = Price(own.input_usd_per_million_tokens, own.output_usd_per_million_tokens)
        return Rate(price, "price of the policy")
    chosen, what = model.price(scope, region), _scope_name(scope, region)
    prices, named = model.prices, _SERVICE_TIERS.get((service_tier or "").lower())
    if named is not None:
        chosen, what = prices.tiers.get(named), f"{named.replace('_', '-')} price"
        if chosen is None:
            return f"no {what} of '{model.id}' is known"
    elif prices.long_context_above is not None and input_tokens > prices.long_context_above:
        chosen, what = prices.long_context, f"price above {prices.long_context_above:,} input tokens"
    if chosen is None:
        return prices.unpriced or f"no {what} of '{model.id}' is known"
    share = 1 - policy.prices.discount_percent / 100
    basis = f"{what}, less {policy.prices.discount_percent:g} percent" if policy.prices.discount_percent else what
    cache = prices.cache_read
    return Rate(Price(chosen.input * share, chosen.output * share), basis, None if cache is None else cache * share)


def rate_of(model: Model, choice: Choice, reference: ModelReference, policy: Policy) -> Rate | str:
    """What a route pays for a model it takes, by its scope, region and service tier, or why that is not known."""
    return rate(
        model,
        policy,
        scope=choice.model.scope,
        region=choice.model.region or reference.region,
        service_tier=reference.settings.get("service_tier"),
    )


def blended(model: Model, policy: Policy) -> float | None:
    """Dollars per million tokens of the policy's mix of input and output, at list price."""
    price = list_price(model, policy)
    return None if price is None else policy.prices.mix.blended(price.input, price.output)


def tier(model: Model, policy: Policy) -> str | None:
    """The model's tier; None where it has no known price and no pattern names it, or where tiers do not judge its modality."""
    return policy.tier(model.id, blended(model, policy)) if policy.judges(model.modality) else None


def ratio(dearer: Model, cheaper: Model, policy: Policy) -> float | None:
    """How many times dearer per token the first is than the second; None where a price is not known or is zero."""
    high, low = blended(dearer, policy), blended(cheaper, policy)
    return high / low if high is not None and low else None


def percent_more(usd: float, least_usd: float) -> float | None:
    """By how many percent an amount is above another; None where the other is zero."""
    return 100 * (usd / least_usd - 1) if least_usd else None


def scope_of(model: Model, scope: str | None, policy: Policy) -> str | None:
    """The inference profile by which a route that uses `scope` would reach another model; None for the bare id.

    The route's own scope where the model has it; else the bare id where it is known to be invoked on demand; else the global
    profile or the first other one that the policy allows.
    """
    if scope in model.profiles and policy.allows_scope(scope):
        return scope
    if model.on_demand is True:
        return None
    allowed = [each for each in model.profiles if policy.allows_scope(each)]
    return "global" if "global" in allowed else next(iter(allowed), None)


def identifier(model: Model, scope: str | None) -> str:
    """The id of a model as a call names it: behind the prefix of its inference profile, where one is used."""
    return model.id if scope is None else f"{scope}.{model.id}"


def instead(choice: Choice, model: Model, substitute: Model | None, policy: Policy, verb: str = "use") -> str:
    """The way out of a finding, as the tail of its message: a cheaper model and how much cheaper, where both are known."""
    if substitute is None:
        return ""
    times = ratio(model, substitute, policy)
    cheaper = (
        ""
        if times is None
        else f", {times:.0f} times cheaper per token"
        if times >= 10
        else f", {times:.2g} times cheaper per token"
    )
    return move(choice, substitute, policy, verb) + cheaper


def move(choice: Choice, other: Model | None, policy: Policy, verb: str) -> str:
    """The way out of a finding, as the tail of its message: another model as this route would name it."""
    return "" if other is None else f"; {verb} '{identifier(other, scope_of(other, choice.model.scope, policy))}'"


def _scope_name(scope: str | None, region: str | None) -> str:
    place = f" in {region}" if region is not None else ""
    return f"on-demand price of the {scope} profile{place}" if scope is not None else f"on-demand price{place}"
