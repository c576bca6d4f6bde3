"""Reads the JSON syntax of Terraform (`.tf.json`, `.tfvars.json`) into the same nodes as the native one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, cast

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
from routelint.parse.terraform.syntax import NoRoomError, Room
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


def parse(path: str, text: str, room: Room | None = None) -> tuple[Body, tuple[ScanError, ...]]:
    """The top body of a JSON configuration or variable file, and the error that stops it, if any."""
    document, errors = parse_document(path, text, room=room)
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


# Which keys of an object are read, and which of what stands below them; None where all is.
Wanted = Mapping[str, "Wanted | None"]


def parse_document(
    path: str, text: str, *, templates: bool = True, wanted: Wanted | None = None, room: Room | None = None
) -> tuple[Expression | None, tuple[ScanError, ...]]:
    """A JSON document as an expression with places; None and the error where it is no JSON, or there is no `room` for it.

    With `templates`, `${...}` inside its texts are interpolations, as in configuration files. The objects in a list are
    wanted as the list is.
    """
    if not text.strip():
        return None, ()
    room = Room() if room is None else room
    try:
        # Only whether it is JSON is asked. No object is kept; lists are, until all is read.
        room.check(text.count("["))
        json.loads(text, object_hook=_forget)
    except json.JSONDecodeError as error:
        return None, (ScanError(path, f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno, error.colno),)
    except NoRoomError as error:
        return None, (ScanError(path, str(error)),)
    except (ValueError, RecursionError) as error:
        return None, (ScanError(path, f"not JSON: {type(error).__name__}"),)
    reader = _Reader(SourceText(path, text), templates, room.nodes)
    try:
        document = reader.document(wanted)
        room.take(reader.nodes)
    except NoRoomError as error:
        return None, (ScanError(path, str(error)),)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        return None, (ScanError(path, f"not JSON: {error.problem}", line, column),)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, (ScanError(path, f"not JSON: {type(error).__name__}"),)
    return document, ()


def _forget(_object: object) -> None:
    """Nothing, for an object that is well-formed."""


class _Mark(Protocol):
    """A position of libyaml, counted in code points."""

    index: int


class _Event(Protocol):
    """What libyaml reads: the start or end of something, or a scalar; only that has a value and a style."""

    start_mark: _Mark
    end_mark: _Mark
    value: str
    style: str


class _Reader:
    """Reads a JSON text event by event, so that nothing is held of it but what is wanted.

    JSON is YAML too, and that reader keeps places; that it is JSON was seen to, so no alias can multiply.
    """

    def __init__(self, source: SourceText, templates: bool, most: int) -> None:
        """Takes the text, whether its texts are templates, and how many nodes there is room for."""
        self.nodes = 0
        self._source = source
        self._templates = templates
        self._most = most
        self._next = cast("Callable[[], _Event]", yaml.CSafeLoader(source.text).get_event)

    def document(self, wanted: Wanted | None) -> Expression | None:
        """The whole text."""
        while not isinstance(event := self._next(), yaml.NodeEvent | yaml.StreamEndEvent):
            pass
        return self._value(event, 0, wanted) if isinstance(event, yaml.NodeEvent) else None

    def _value(self, event: _Event, depth: int, wanted: Wanted | None) -> Expression:
        self.nodes += 1
        if self.nodes > self._most:
            raise NoRoomError
        start = event.start_mark.index
        if depth > MOST_NESTED:
            end = self._skip(event)
            return Invalid(Place(self._source, start, end), f"nested deeper than {MOST_NESTED} levels")
        if isinstance(event, yaml.MappingStartEvent):
            pairs: list[tuple[Expression, Expression]] = []
            while not isinstance(key := self._next(), yaml.MappingEndEvent):
                value = self._next()
                if wanted is not None and key.value not in wanted:
                    self._skip(value)
                    continue
                self.nodes += 1
                name = Literal(self._place(key), key.value)
                pairs.append((name, self._value(value, depth + 1, None if wanted is None else wanted[key.value])))
            return ObjectNode(Place(self._source, start, key.end_mark.index), tuple(pairs))
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Expression] = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                items.append(self._value(item, depth + 1, wanted))
            return TupleNode(Place(self._source, start, item.end_mark.index), tuple(items))
        return self._scalar(event)

    def _scalar(self, event: _Event) -> Expression:
        place, text = self._place(event), event.value
        if event.style == '"':
            if not self._templates or ("${" not in text and "%{" not in text):
                return Literal(place, text)
            self.nodes += len(text)
            return syntax.parse_text(self._source.path, text, place)
        if text in _WORDS:
            return Literal(place, _WORDS[text])
        try:
            return Literal(place, int(text) if text.lstrip("-").isdigit() else float(text))
        except ValueError:
            return Literal(place, text)

    def _place(self, event: _Event) -> Place:
        return Place(self._source, event.start_mark.index, event.end_mark.index)

    def _skip(self, event: _Event) -> int:
        """Where the value that begins with an event ends; all of it is passed over."""
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if not depth:
                return event.end_mark.index
            event = self._next()


_WORDS = {"null": None, "true": True, "false": False}
