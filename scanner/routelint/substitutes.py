"""Cheaper models a policy allows in place of another, the nearest in capability first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from routelint import cost
from routelint.catalog import Catalog, Model, Status
from routelint.policy import Policy


def allowed(model: Model, policy: Policy, catalog: Catalog, today: date) -> Iterator[Model]:
    """The catalog's own substitutes, then cheaper siblings of the same vendor; each once, each allowed and with a tier."""
    seen = {model.id}
    for candidate in (*_named(model, catalog, today), *_siblings(model, policy, catalog, today)):
        if candidate.id not in seen and cost.tier(candidate, policy) is not None and policy.allows_model(candidate.id):
            seen.add(candidate.id)
            yield candidate


def cheapest(model: Model, policy: Policy, catalog: Catalog, today: date) -> Model | None:
    """The substitute that costs least per token: of those the catalog names, else of the siblings."""
    named = {each.id for each in _named(model, catalog, today)}
    candidates = list(allowed(model, policy, catalog, today))
    chosen = [each for each in candidates if each.id in named] or candidates
    bound = cost.blended(model, policy)
    priced = [
        (price, each.id, each)
        for each in chosen
        if (price := cost.blended(each, policy)) is not None and bound is not None and price < bound
    ]
    return min(priced)[2] if priced else None


def _named(model: Model, catalog: Catalog, today: date) -> list[Model]:
    return [cheaper.model for cheaper in catalog.cheaper(model, today)]


def _siblings(model: Model, policy: Policy, catalog: Catalog, today: date) -> list[Model]:
    """Active models of the same vendor and modality that cost less, the dearest first: the nearest in capability."""
    bound = cost.blended(model, policy)
    priced = [
        (price, each)
        for each in catalog.siblings(model)
        if each.status(today) is Status.ACTIVE
        and (price := cost.blended(each, policy)) is not None
        and bound is not None
        and price < bound
    ]
    return [each for _, each in sorted(priced, key=lambda pair: (-pair[0], pair[1].id))]
