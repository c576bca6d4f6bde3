"""Reads the JSON syntax of Terraform (`.tf.json`, `.tfvars.json`) into the same nodes as the native one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from routelint.model import ScanError
from routelint.parse.terraform import syntax
from routelint.parse.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    Invalid,
    Literal,
    ObjectNode,
    Place,
    Ready,
    ReadyBody,
    TupleNode,
    literal_text,
)
from routelint.source import SourceText

MOST_NESTED = 60
# Block types of the top level and how many labels each has.
LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
}


def parse(path: str, text: str) -> tuple[Body, tuple[ScanError, ...]]:
    """The top body of a JSON configuration or variable file, and the error that stops it, if any."""
    document, errors = parse_document(path, text)
    if document is None:
        return Body(), errors
    if not isinstance(document, ObjectNode):
        return Body(), (ScanError(path, "the top of a Terraform JSON file is an object"),)
    body = Body()
    variables_only = path.endswith(".tfvars.json")
    for key, value in document.items:
        name = literal_text(key) or ""
        if name in LABELS and not variables_only:
            body.blocks.extend(_blocks(name, (), value, LABELS[name], key.place))
        elif name != "//":
            body.attributes[name] = Attribute(name, value.place, Ready(value))
    return body, errors


def _blocks(kind: str, labels: tuple[str, ...], value: Expression, missing: int, header: Place) -> Iterator[Block]:
    """The blocks written below one key: labels nest as keys, several blocks of one name are a list."""
    if isinstance(value, TupleNode):
        for item in value.items:
            yield from _blocks(kind, labels, item, missing, header)
    elif isinstance(value, ObjectNode):
        if missing:
            for key, inner in value.items:
                label = literal_text(key)
                if label is not None and label != "//":
                    yield from _blocks(kind, (*labels, label), inner, missing - 1, key.place)
            return
        body = Body()
        for key, inner in value.items:
            name = literal_text(key)
            if name is not None and name != "//":
                body.attributes[name] = Attribute(name, inner.place, Ready(_meta(name, inner)))
        yield Block(kind, labels, value.place, ReadyBody(body), header)


def _meta(name: str, value: Expression) -> Expression:
    """Meta-arguments whose JSON text is an expression, not a template: `type` of a variable, `provider`."""
    if name in ("type", "provider", "providers") and isinstance(value, Literal) and isinstance(value.value, str):
        body, errors = syntax.parse("", f"x = {value.value}\n")
        if not errors and "x" in body.attributes:
            return body.attributes["x"].expression
    return value


def parse_document(path: str, text: str, *, templates: bool = True) -> tuple[Expression | None, tuple[ScanError, ...]]:
    """A JSON document as an expression with places; None and the error where it is no JSON.

    With `templates`, `${...}` inside its texts are interpolations, as in configuration files.
    """
    if not text.strip():
        return None, ()
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return None, (ScanError(path, f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno, error.colno),)
    except (ValueError, RecursionError) as error:
        return None, (ScanError(path, f"not JSON: {type(error).__name__}"),)
    try:
        # JSON is YAML too, and this reader keeps places; that it is JSON was seen to, so no alias can multiply.
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        return None, (ScanError(path, f"not JSON: {error.problem}", line, column),)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, (ScanError(path, f"not JSON: {type(error).__name__}"),)
    return (_expression(SourceText(path, text), node, 0, templates), ()) if node is not None else (None, ())


def _expression(file: SourceText, node: yaml.Node, depth: int, templates: bool) -> Expression:
    place = Place(file, node.start_mark.index, node.end_mark.index)
    if depth > MOST_NESTED:
        return Invalid(place, f"nested deeper than {MOST_NESTED} levels")
    if isinstance(node, yaml.MappingNode):
        pairs = []
        for key, value in node.value:
            pairs.append(
                (
                    Literal(Place(file, key.start_mark.index, key.end_mark.index), str(key.value)),
                    _expression(file, value, depth + 1, templates),
                )
            )
        return ObjectNode(place, tuple(pairs))
    if isinstance(node, yaml.SequenceNode):
        return TupleNode(place, tuple(_expression(file, item, depth + 1, templates) for item in node.value))
    match node.tag.rsplit(":", 1)[-1]:
        case "null":
            return Literal(place, None)
        case "bool":
            return Literal(place, node.value.lower() == "true")
        case "int" | "float":
            try:
                return Literal(place, int(node.value) if node.value.lstrip("-").isdigit() else float(node.value))
            except ValueError:
                return Literal(place, str(node.value))
    if not templates:
        return Literal(place, str(node.value))
    return syntax.parse_text(file.path, str(node.value), place)
