"""What changed between two revisions of a repository: the routes whose models are not what they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routelint.model import Choice, ModelReference


@dataclass(frozen=True, slots=True)
class Swap:
    """A route that takes other models than it did: the route as it is, what it took before, and what it takes now."""

    reference: ModelReference
    before: tuple[Choice, ...]
    after: tuple[Choice, ...]


def swaps(before: Iterable[ModelReference], after: Iterable[ModelReference]) -> tuple[Swap, ...]:
    """The routes found on both sides whose models differ, in the order of `after`; a route is known by place and symbol."""
    then = {(each.location.path, each.location.symbol, each.root): each for each in before}
    changed = []
    for now in after:
        earlier = then.get((now.location.path, now.location.symbol, now.root))
        if earlier is not None and _models(earlier) != _models(now):
            changed.append(Swap(now, earlier.choices, now.choices))
    return tuple(changed)


def _models(reference: ModelReference) -> frozenset[str]:
    return frozenset(choice.model.id for choice in reference.choices)
