"""From text to located nodes, one root per document: YAML and JSON through libyaml's events, with what is broken left out.

Events are read one after the other, so depth is bounded here and nothing recurses; what came before a fault is kept.
"""

from __future__ import annotations

import re
from dataclasses import field

import yaml

from routelint.deferred import dataclass, lazy_regex
from routelint.model import ScanError
from routelint.parse.cloudformation import json_syntax
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence
from routelint.source import SourceText

# CloudFormation takes templates up to 1 MB, Step Functions definitions up to 1 MB.
LARGEST_CHARACTERS = 2_000_000
DEEPEST = 100
# A template that a template engine fills in has a broken line per directive.
MOST_REPAIRS = 24
MOST_DUPLICATES = 20

# The other way round, what YAML allows, takes 5 ms to compile.
_UNPRINTABLE = lazy_regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Directives of Jinja and Go templates that stand on a line of their own.
_ENGINE_LINE = lazy_regex(
    r"(?m)^[ \t]*(?:\{%.*%\}|\{#.*#\}|\{\{-?\s*(?:if|else|end|range|with|define|template|include)\b.*\}\})[ \t]*$"
)
_MERGE = "<<"


@dataclass(frozen=True, slots=True)
class Syntax:
    """The documents of a file and what could not be read of it: at most one syntax error, and keys written twice."""

    roots: tuple[Node, ...]
    errors: tuple[ScanError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fault:
    message: str
    offset: int


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    start: int
    tag: str | None
    flow: bool
    mapping: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Node | None = None
    merged: list[Node] = field(default_factory=list)


def parse(source: SourceText) -> Syntax:
    """The documents of a YAML or JSON text."""
    text = source.text
    if len(text) > LARGEST_CHARACTERS:
        return Syntax(
            (), (ScanError(source.path, f"not read: longer than {LARGEST_CHARACTERS:,} characters, more than AWS accepts"),)
        )
    text = _UNPRINTABLE.sub(" ", text)
    reader = _Reader(source)
    fault = reader.read(text)
    if fault is None:
        return Syntax(tuple(reader.roots), reader.duplicates())
    if text.lstrip()[:1] in ("{", "["):
        root = json_syntax.parse(source)
        if root is not None:
            return Syntax((root,))
    if text.lstrip()[:1] not in ("{", "["):
        reader = _repaired(source, text, reader)
    line, column = source.position(min(fault.offset, len(text)))
    # Where a line was taken out, keys seem to be written twice that are not.
    return Syntax(tuple(reader.roots), (ScanError(source.path, fault.message, line, column),))


def _repaired(source: SourceText, text: str, first: _Reader) -> _Reader:
    """What can be read when broken lines are taken for blank ones, where that is more than what came before the fault."""
    text = _ENGINE_LINE.sub(lambda match: " " * len(match[0]), text)
    text = re.sub(r"^[ \t]*\t[ \t]*|\t+(?=\r?$)", lambda match: " " * len(match[0]), text, flags=re.MULTILINE)
    repairs = MOST_REPAIRS if len(text) < 200_000 else 4
    for _ in range(repairs):
        reader = _Reader(source)
        next_fault = reader.read(text)
        if next_fault is None:
            return reader if reader.scalars >= first.scalars else first
        text = _without_line(text, next_fault.offset)
    return first


def _without_line(text: str, offset: int) -> str:
    """`text` with the line at `offset`, or the nearest one before it that is not blank, made blank."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    while True:
        start = text.rfind("\n", 0, end) + 1
        if text[start:end].strip() or start == 0:
            return text[:start] + " " * (end - start) + text[end:]
        end = start - 1


class _Reader:
    """Builds nodes from one run over the events of a text."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.roots: list[Node] = []
        self.scalars = 0
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._duplicates: list[Scalar] = []

    def read(self, text: str) -> _Fault | None:
        """Read every event of `text`; the fault that stopped it, if any."""
        try:
            next_event = yaml.CSafeLoader(text).get_event
            while (event := next_event()) is not None:
                if (fault := self._take(event)) is not None:
                    return self._stop(fault, _start(event))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            if error.context_mark is not None and error.problem is not None and "could not find expected" in error.problem:
                mark = error.context_mark
            return self._stop(_message(error), mark.index if mark is not None else 0)
        except yaml.YAMLError as error:
            return self._stop(f"not YAML: {str(error).splitlines()[0]}", 0)
        return None

    def duplicates(self) -> tuple[ScanError, ...]:
        """An error for every key that is written twice in one mapping."""
        found = []
        for key in self._duplicates[:MOST_DUPLICATES]:
            line, column = self.source.position(key.start)
            found.append(
                ScanError(self.source.path, f"key '{key.text[:80]}' is written twice; the last one is read", line, column)
            )
        return tuple(found)

    def _stop(self, message: str, offset: int) -> _Fault:
        while self._stack:
            self._close(offset)
        return _Fault(message, offset)

    def _take(self, event: yaml.Event) -> str | None:
        match event:
            case yaml.ScalarEvent():
                style, start, end = event.style, _start(event), _end(event)
                if style in ("|", ">"):
                    end = start + len(self.source.text[start:end].rstrip())
                self.scalars += 1
                node = Scalar(event.value, self.source, start, end, _local(event.tag), not style)
                self._add(node, event.anchor)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self._stack) >= DEEPEST:
                    return f"nested deeper than {DEEPEST} levels"
                self._stack.append(
                    _Open(
                        _start(event),
                        _local(event.tag),
                        bool(event.flow_style),
                        isinstance(event, yaml.MappingStartEvent),
                        event.anchor,
                    )
                )
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(_end(event))
            case yaml.AliasEvent():
                target = self._anchors.get(event.anchor or "")
                if target is None:
                    return f"alias '*{event.anchor}' refers to no anchor before it"
                self._add(target, None)
            case yaml.DocumentStartEvent():
                self._anchors = {}
        return None

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.roots.append(node)
            return
        top = self._stack[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = node
        else:
            self._pair(top, top.key, node)
            top.key = None

    def _pair(self, top: _Open, key: Node, value: Node) -> None:
        # A mapping or list as a key is what `{{ name }}` of a template engine reads as; it names nothing here.
        if not isinstance(key, Scalar):
            return
        if key.plain and key.text == _MERGE:
            top.merged.append(value)
            return
        if key.text in top.entries:
            self._duplicates.append(key)
            del top.entries[key.text]
        top.entries[key.text] = Entry(key, value)

    def _close(self, offset: int) -> None:
        top = self._stack.pop()
        if top.mapping:
            if isinstance(top.key, Scalar):
                self._pair(top, top.key, Scalar("", self.source, top.key.end, top.key.end, None, True))
            end = offset if top.flow else max((entry.value.end for entry in top.entries.values()), default=offset)
            entries = _with_merged(top.entries, top.merged)
            node: Node = Mapping(entries, self.source, top.start, max(end, top.start), top.tag)
        else:
            end = offset if top.flow or not top.items else max(top.items[-1].end, top.start)
            node = Sequence(tuple(top.items), self.source, top.start, max(end, top.start), top.tag)
        self._add(node, top.anchor)


def _with_merged(entries: dict[str, Entry], merged: list[Node]) -> dict[str, Entry]:
    """`entries` and, for keys they lack, those of the mappings merged into them (`<<: *anchor`)."""
    for value in merged:
        for each in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(each, Mapping):
                for key, entry in each.entries.items():
                    entries.setdefault(key, entry)
    return entries


def _start(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark is not None else 0


def _end(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark is not None else 0


def _local(tag: str | None) -> str | None:
    """A local tag without its mark; None for the tags of YAML itself."""
    return tag[1:] if tag is not None and tag.startswith("!") and len(tag) > 1 else None


def _message(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or error.context or "cannot be read"
    return f"not YAML: {problem}"
