"""Values that a template keeps by keys: the mappings section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.cloudformation import contents
from routelint.parse.cloudformation.nodes import Mapping, Node, Sequence, function, location, text_at
from routelint.possible import Content, Hole, Possibility, Possible, unite, unknown
from routelint.possible import Template as PartText

if TYPE_CHECKING:
    from routelint.parse.cloudformation.evaluate import Evaluator


def find(evaluator: Evaluator, argument: Node) -> Possible:
    """What `Fn::FindInMap` may come to: every entry where a key cannot be told."""
    if not isinstance(argument, Sequence) or len(argument.items) < 3:
        return unknown("Fn::FindInMap without a mapping and two keys")
    fallback = next(
        (value for item in argument.items[3:] if isinstance(item, Mapping) and (value := item.get("DefaultValue"))), None
    )
    results = []
    for chosen in evaluator.evaluate(argument.items[0]):
        mapping = evaluator.template.mappings.get(chosen.content) if isinstance(chosen.content, str) else None
        if mapping is None:
            results.append(unknown(f"mapping '{contents.shown(chosen.content)}' is not in the template"))
            continue
        for key in _keys(evaluator, argument.items[1], mapping):
            row = mapping.get(str(key.content))
            if not isinstance(row, Mapping):
                results.append(_missing(evaluator, chosen.content, key, fallback))
                continue
            for column in _keys(evaluator, argument.items[2], row):
                value = row.get(str(column.content))
                if value is None:
                    results.append(_missing(evaluator, chosen.content, column, fallback))
                    continue
                hop = Hop(location(value), f"mapping {chosen.content}, {key.content}.{column.content}")
                results.append(
                    tuple(
                        replace(
                            each,
                            trail=(hop, *each.trail, *chosen.trail, *key.trail, *column.trail),
                            environments=key.environments or column.environments,
                            resolution=Resolution.MAPPING,
                        )
                        for each in evaluator.evaluate(value)
                    )
                )
    return unite(results) or unknown("Fn::FindInMap finds nothing")


def _keys(evaluator: Evaluator, node: Node, mapping: Mapping) -> Iterator[Possibility]:
    """The keys of `mapping` that `node` may select; every one where it cannot be told."""
    call = function(node)
    parameter = evaluator.template.parameters.get(text_at(call[1]) or "") if call is not None and call[0] == "Ref" else None
    for each in evaluator.evaluate(node):
        if not isinstance(each.content, (Hole, PartText)):
            yield replace(each, content=contents.shown(each.content))
            continue
        for key in mapping.entries:
            named = parameter is not None and parameter.names_environment
            yield Possibility(key, (), (key,) if named else (), Resolution.MAPPING)


def _missing(evaluator: Evaluator, name: Content, key: Possibility, fallback: Node | None) -> Possible:
    if fallback is not None:
        return evaluator.evaluate(fallback)
    return unknown(f"mapping {contents.shown(name)} has no key '{contents.shown(key.content)}'", trail=key.trail)
