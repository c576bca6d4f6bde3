"""How often a resource or module call is made: `for_each` and `count`, and what they bind in each instance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Hop
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Block, Expression
from routelint.parse.terraform.values import Thing, entries, rest_of, united
from routelint.possible import Content, Hole, Items, Possible, Record, Template, known, text_of, unknown

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

MOST_KEYS = 64


def scopes(evaluator: Evaluator, block: Block, instance: Instance) -> list[tuple[str | None, Scope]]:
    """A scope per instance of a resource or module call: `each` and `count` bound, at least one even if none is made."""
    kept = instance.scopes.get(block)
    if kept is None:
        instance.scopes[block] = [(None, Scope(instance, alive=instance.alive))]
        kept = instance.scopes[block] = _scopes(evaluator, block, instance)
    return kept


def _scopes(evaluator: Evaluator, block: Block, instance: Instance) -> list[tuple[str | None, Scope]]:
    attributes = block.body.attributes
    scope = Scope(instance, alive=instance.alive)
    if "for_each" in attributes:
        return _each(evaluator, attributes["for_each"].expression, scope)
    if "count" in attributes:
        return _count(counts(evaluator, block, instance), scope)
    return [(None, scope)]


def counts(evaluator: Evaluator, block: Block, instance: Instance) -> tuple[Content, ...]:
    """What the `count` of a resource or module call may be."""
    kept = instance.counts.get(block)
    if kept is None:
        instance.counts[block] = (Hole("count depends on itself"),)
        found = evaluator.evaluate(block.body.attributes["count"].expression, Scope(instance, alive=instance.alive))
        kept = instance.counts[block] = tuple(each.content for each in found)
    return kept


def _each(evaluator: Evaluator, expression: Expression, scope: Scope) -> list[tuple[str | None, Scope]]:
    found: dict[str, list[tuple[Possible, Possible]]] = {}
    reason: Hole | None = None
    trail: tuple[Hop, ...] = ()
    empty = Hole("for_each runs over nothing by default", "${each.value}")
    for possibility in evaluator.evaluate(expression, scope):
        content = possibility.content
        if isinstance(content, Thing) and content.block is not None and "for_each" in content.block.body.attributes:
            members = evaluator.references.members(evaluator, content)
            if all(key is not None for key, _ in members):
                # One instance for each of another resource's, which share its keys.
                trail = possibility.trail
                for key, value in members[:MOST_KEYS]:
                    found.setdefault(str(key), []).append((known(str(key)), value))
                continue
        rest = rest_of(content)
        reason = rest if rest is not None else reason
        trail = possibility.trail
        for key, value in list(entries(possibility))[:MOST_KEYS]:
            if key is not None:
                found.setdefault(key, []).append((known(key), value))
                continue
            for each in value:
                if isinstance(each.content, Hole | Items | Record):
                    reason = each.content if isinstance(each.content, Hole) else reason
                    continue
                text = str(each.content) if isinstance(each.content, Template) else text_of(each.content)
                found.setdefault(text, []).append(((each,), (each,)))
    if not found or reason is not None:
        hole = (
            replace(reason, label="${each.value}") if type(reason) is Hole else Hole((reason or empty).reason, "${each.value}")
        )
        found.setdefault("", []).append((unknown(hole.reason, "${each.key}", trail), known(hole, trail=trail)))
    bound = []
    for key, pairs in found.items():
        bound_each = Record({"key": united(pair[0] for pair in pairs), "value": united(pair[1] for pair in pairs)})
        alive = bool(key) or reason is not None
        bound.append((key or None, scope.with_names({"each": known(bound_each)}, alive=alive)))
    return bound


def _count(numbers: tuple[Content, ...], scope: Scope) -> list[tuple[str | None, Scope]]:
    known_numbers = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
    most = max(known_numbers, default=0)
    if len(known_numbers) < len(numbers) and most == 0:
        index = unknown("count cannot be told", "${count.index}")
        return [(None, scope.bind(count=known(Record({"index": index}))))]
    alive = most > 0
    return [
        (
            str(number) if most > 1 else None,
            scope.with_names({"count": known(Record({"index": known(number)}))}, alive=alive),
        )
        for number in range(min(max(most, 1), MOST_KEYS))
    ]
