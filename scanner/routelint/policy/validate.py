"""What in a file breaks its schema, told with places in the file.

A valid file is recognised by `conforms`; where that is not sure, jsonschema decides and its errors are explained.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from routelint.model import Location
from routelint.policy.conforms import FORMATS, Schema, conforms, schema
from routelint.policy.fault import MOST_SHOWN, Fault, listing, nearest, shown
from routelint.policy.source import ListNode, MapNode, Node, Plain, ScalarNode, plain

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def validate(root: MapNode, path: str, kind: str = "policy") -> list[Fault]:
    """Every way in which a file breaks the schema of its kind: `policy`, or the name of another schema."""
    instance, whole = plain(root), schema(kind)
    if conforms(instance, whole):
        return []
    errors = list(_errors(instance, whole))
    blanks = [list(error.absolute_path) for error in errors if _leaves_out(error, root)]
    if blanks:
        for keys in blanks:
            _remove(instance, keys)
        errors = list(_errors(instance, whole))
    faults = (fault for error in errors for fault in _explain(error, root, path, f"the {kind}"))
    return list(dict.fromkeys(faults))


def _leaves_out(error: ValidationError, root: MapNode) -> bool:
    """Whether an error is but a list or mapping that nothing was written for, as after `rules:`: the key is then absent."""
    node, _ = _find(root, error.absolute_path)
    value: Any = error.validator_value
    return str(error.validator) == "type" and _is_blank(node) and _takes(value, "array", "object")


def _remove(instance: Any, keys: list[str | int]) -> None:
    *above, last = keys
    for key in above:
        instance = instance[key]
    if isinstance(instance, dict):
        instance.pop(last, None)


def _errors(instance: Plain, whole: Schema) -> Iterator[ValidationError]:
    """The errors of jsonschema, which decides what is valid."""
    import jsonschema  # 72 ms, for a faulty policy only

    checker = jsonschema.FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name, raises=ValueError)(_passes(check))
    yield from jsonschema.Draft202012Validator(whole, format_checker=checker).iter_errors(instance)


def _passes(check: Callable[[str], object]) -> Callable[[object], bool]:
    def passes(instance: object) -> bool:
        if isinstance(instance, str):
            check(instance)
        return True

    return passes


def _explain(error: ValidationError, root: MapNode, path: str, what: str) -> Iterator[Fault]:
    """An error of jsonschema in words, at its place in the file."""
    keys = list(error.absolute_path)
    node, key_place = _find(root, keys)
    name = dotted(keys) or what
    place = node.location
    value: Any = error.validator_value
    instance: Any = error.instance
    keyword = str(error.validator)
    in_names = "propertyNames" in error.absolute_schema_path
    if in_names:
        yield _bad_name(error, name, node, path)
        return
    match keyword:
        case "additionalProperties" if isinstance(node, MapNode):
            yield from _unknown_keys(node, error.schema, f" in {name}" if keys else "", path)
        case "required" if isinstance(node, MapNode):
            at = key_place or place
            for key in value:
                if key not in instance:
                    entry = node.entries.get(key)
                    expected = "'version: 1'" if key == "version" else "it" if not keys else f"it in {name}"
                    fact = f"key '{key}' is missing" if entry is None else f"key '{key}' has no value"
                    yield _fault(path, at if entry is None else entry.location, fact, expected)
        case "type":
            if not (_is_blank(node) and _takes(value, "array", "object")):
                yield _fault(path, place, f"{name} {_found(node)}", _words(value))
        case "enum" | "const":
            known = [str(each) for each in (value if keyword == "enum" else [value]) if each is not None]
            near = nearest(node.text, known) if isinstance(node, ScalarNode) else None
            one = "one of " if len(known) > 1 else ""
            expected = _title(error) or one + listing(known)
            yield _fault(path, place, f"{name} {_found(node)}", expected, f"'{near}'" if near else "")
        case "format":
            yield _fault(path, place, f"{name} {_found(node)}", str(error.cause))
        case _:
            fact, expected = _limit(keyword, value, name, node)
            yield _fault(path, place, fact, _title(error) or expected)


def _title(error: ValidationError) -> str | None:
    """What the broken part of the schema calls itself, where it does: the best words for what was expected."""
    part: Any = error.schema
    return str(part["title"]) if "title" in part and "$schema" not in part else None


def _limit(keyword: str, value: Any, name: str, node: Node) -> tuple[str, str]:
    match keyword:
        case "minLength":
            return f"{name} is an empty text", "some text"
        case "maxLength":
            return f"{name} is longer than {value} characters", "a shorter text"
        case "minItems":
            return f"{name} is an empty list", "at least one item" if value == 1 else f"at least {value} items"
        case "uniqueItems":
            return f"{name} repeats an item", "each item once"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            words = {
                "minimum": "at least",
                "maximum": "at most",
                "exclusiveMinimum": "more than",
                "exclusiveMaximum": "less than",
            }
            return f"{name} {_found(node)}", f"{words[keyword]} {value}"
        case "pattern":
            return f"{name} {_found(node)}", f"a text that matches {value}"
    return f"{name} breaks '{keyword}' of the schema", json.dumps(value)[:100]


def _bad_name(error: ValidationError, name: str, node: Node, path: str) -> Fault:
    key = str(error.instance)
    place = node.entries[key].location if isinstance(node, MapNode) and key in node.entries else node.location
    value: Any = error.validator_value
    if error.validator == "enum":
        near = nearest(key, value)
        fact, expected = f"unknown key {shown(key)} in {name}", f"one of {listing(value)}"
        return _fault(path, place, fact, expected, f"key '{near}'" if near else "")
    limits = {"maxLength": f"at most {value} characters", "minLength": "some text"}
    expected = limits.get(str(error.validator)) or _title(error) or "another name"
    return _fault(path, place, f"name {shown(key)} in {name} cannot be used", expected)


def _unknown_keys(node: MapNode, part: Any, where: str, path: str) -> Iterator[Fault]:
    known = list(part.get("properties", {}))
    for key, entry in node.entries.items():
        if key not in known:
            near = nearest(key, known) if len(node.entries) <= MOST_SHOWN else None
            fact, expected = f"unknown key {shown(key)}{where}", f"one of {listing(known, whole=near is None)}"
            yield _fault(path, entry.location, fact, expected, f"key '{near}'" if near else "")


def _fault(path: str, place: Location, fact: str, expected: str, near: str = "") -> Fault:
    return Fault(path, place.span.start_line, place.span.start_column, fact, expected, near)


def _find(root: MapNode, keys: Iterable[str | int]) -> tuple[Node, Location | None]:
    """The node below a path of keys and indices, and the place of the key that holds it."""
    node: Node = root
    place: Location | None = None
    for key in keys:
        match node:
            case MapNode(entries):
                node, place = entries[str(key)].node, entries[str(key)].location
            case ListNode(items):
                node, place = items[int(key)], None
    return node, place


def dotted(keys: Sequence[str | int]) -> str:
    """A path of keys and indices as people write it: `environments.dev.max_tier`, `waivers[2].expires`."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f"{'.' if text else ''}{key}"
    return text if text.isprintable() and len(text) <= 200 else shown(text)


def _is_blank(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.is_empty


def _takes(value: str | Sequence[str], *names: str) -> bool:
    return any(name in value for name in names)


def _found(node: Node) -> str:
    match node:
        case ListNode():
            return "is a list"
        case MapNode():
            return "is a mapping"
    match node.value:
        case None:
            return "has no value"
        case str(text):
            return f"is {shown(text)}"
        case bool(flag):
            return f"is {str(flag).lower()}"
        case number:
            return f"is {number if math.isfinite(number) else node.text}"


def _words(value: str | Sequence[str]) -> str:
    types = [value] if isinstance(value, str) else [each for each in value if each != "null"]
    return " or ".join(_TYPE_WORDS[each] for each in types)
