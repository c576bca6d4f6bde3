"""Every attribute that a body spells out, however deep: in blocks, objects, lists and the documents it encodes."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.parse.terraform import sections
from routelint.parse.terraform.nodes import Attribute, Body, Call, Expression, ObjectNode, TupleNode, fields

MOST_DEPTH = 12
MOST_OPENED = 10_000
# What only describes a thing or a measurement: a model named there is not chosen there.
_DESCRIBING = frozenset({"tags", "tags_all", "labels", "dimensions"})
_UNREAD_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})
# Functions that hand on what is spelled out in their arguments.
_OPENED = frozenset({"jsonencode", "yamlencode", "merge", "concat", "flatten", "tolist", "tomap"})
# Keys of documents that are read by those who know their language: policies and state machines.
_LANGUAGES = frozenset({"Statement", "States"})


def spelled_out(body: Body, names: tuple[str, ...] = (), depth: int = 0) -> Iterator[tuple[tuple[str, ...], Attribute]]:
    """Every attribute with the names on the way to it; an attribute that spells out others gives way to them."""
    if depth > MOST_DEPTH:
        return
    for attribute in body.attributes.values():
        if attribute.name in _DESCRIBING:
            continue
        inner = objects(attribute.expression)
        for each in inner:
            yield from spelled_out(sections.as_body(each), (*names, attribute.name), depth + 1)
        if not inner:
            yield names, attribute
    for block in body.blocks:
        step = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        inside = () if block.type == "content" else (step,)
        if block.type not in _UNREAD_BLOCKS and step not in _DESCRIBING:
            yield from spelled_out(block.body, (*names, *inside), depth + 1)


def objects(expression: Expression) -> list[ObjectNode]:
    """The objects an expression spells out, through lists and the functions that hand them on."""
    pending = [expression]
    found: list[ObjectNode] = []
    for _ in range(MOST_OPENED):
        if not pending:
            break
        match pending.pop():
            case ObjectNode() as node:
                if not _LANGUAGES & fields(node).keys():
                    found.append(node)
            case TupleNode(_, items):
                pending.extend(reversed(items))
            case Call(_, name, arguments, False) if name in _OPENED:
                pending.extend(reversed(arguments))
            case _:
                continue
    return found
