"""From a model and a policy to tiers, unit prices and ratios. Never to a guessed amount of money."""

from __future__ import annotations

from routelint.catalog import Model, Price
from routelint.policy import Policy


def list_price(model: Model, policy: Policy) -> Price | None:
    """The list price per million tokens, or the policy's own price for the model; None where it is not known."""
    own = policy.prices.model(model.id)
    if own is not None:
        return Price(own.input_usd_per_million_tokens, own.output_usd_per_million_tokens)
    return model.list_price


def route_price(model: Model, policy: Policy, scope: str | None, region: str | None) -> Price | None:
    """What a route pays per million tokens: the price of its scope and region, less the policy's discount.

    A price the policy states for the model is what was agreed, so no discount is taken from it.
    """
    own = policy.prices.model(model.id)
    if own is not None:
        return Price(own.input_usd_per_million_tokens, own.output_usd_per_million_tokens)
    price = model.price(scope, region)
    if price is None:
        return None
    share = 1 - policy.prices.discount_percent / 100
    return Price(price.input * share, price.output * share)


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


def instead(model: Model, substitute: Model | None, policy: Policy, verb: str = "use") -> str:
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
    return f"; {verb} '{substitute.id}'{cheaper}"
