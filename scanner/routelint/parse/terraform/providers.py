"""Which provider block a resource is made by, and the region it makes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Block, Expression, GetAttr, Literal, ObjectNode, Variable
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# What `data.aws_region` calls the region of its provider.
REGION_SYMBOL = "data.aws_region"
REGION_ATTRIBUTES = ("name", "id", "region")


def region_of(evaluator: Evaluator, block: Block, scope: Scope) -> str | None:
    """The region of one instance of a resource: its own, or its provider's; None where it is not told."""
    possible = _region(evaluator, block, scope)
    return _only_text(possible) if possible is not None else None


def looked_up_region(evaluator: Evaluator, block: Block, scope: Scope) -> Possible | None:
    """The region that `data.aws_region` finds, None where it is not told.

    It comes without a trail: where a region is from says nothing of the model whose address it stands in.
    """
    own = block.body.attributes.get("name")
    possible = evaluator.evaluate(own.expression, scope) if own is not None else _region(evaluator, block, scope)
    if possible is None or not all(isinstance(each.content, str) and each.content for each in possible):
        return None
    return tuple(replace(each, trail=(), resolution=Resolution.LITERAL) for each in possible)


def _region(evaluator: Evaluator, block: Block, scope: Scope) -> Possible | None:
    own = block.body.attributes.get("region")
    if own is not None:
        return evaluator.evaluate(own.expression, scope)
    found = holding(scope.instance, block, "region")
    if found is None:
        return None
    owner, provider = found
    attribute = provider.body.attributes.get("region")
    return evaluator.evaluate(attribute.expression, Scope(owner)) if attribute is not None else None


def _only_text(possible: Possible) -> str | None:
    texts = {each.content for each in possible if isinstance(each.content, str)}
    return texts.pop() or None if len(texts) == len(possible) == 1 else None


def _wanted(block: Block) -> tuple[str, str]:
    """The name and alias of the provider that a resource asks for."""
    name = block.labels[0].split("_", 1)[0]
    chosen = block.body.attributes.get("provider")
    return (_provider_name(chosen.expression) if chosen is not None else None) or (name, "")


def _provider_name(expression: Expression) -> tuple[str, str] | None:
    match expression:
        case GetAttr(_, Variable(_, name), alias):
            return name, alias
        case Variable(_, name) | Literal(_, str(name)):
            base, _, alias = name.partition(".")
            return base, alias
    return None


def holding(instance: Instance, block: Block, asked: str) -> tuple[Instance, Block] | None:
    """The provider block that makes a resource of an instance, handed down by calls, and the instance that holds it.

    A module's own block without what is `asked` gives way to its caller's.
    """
    wanted = _wanted(block)
    current: Instance | None = instance
    while current is not None:
        declared = current.folder.providers.get(wanted)
        if declared is not None and (current.parent is None or asked in _sections(declared)):
            return current, declared
        handed = _handed_down(current).get(wanted)
        if handed is not None:
            wanted = handed
        elif wanted[1]:
            return None
        current = current.parent
    return None


def _sections(block: Block) -> set[str]:
    return {inner.type for inner in block.body.blocks} | set(block.body.attributes)


def _handed_down(instance: Instance) -> Mapping[tuple[str, str], tuple[str, str]]:
    """What the call's `providers` argument maps: name inside -> name at the caller."""
    argument = instance.call.body.attributes.get("providers") if instance.call is not None else None
    if argument is None or not isinstance(argument.expression, ObjectNode):
        return {}
    mapping = {}
    for key, value in argument.expression.items:
        inside, outside = _provider_name(key), _provider_name(value)
        if inside is not None and outside is not None:
            mapping[inside] = outside
    return mapping
