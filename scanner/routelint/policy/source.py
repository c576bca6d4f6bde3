"""Policy text to located nodes: the YAML that policies use, read with its traps taken out and its size bounded.

Scalars follow the core schema of YAML 1.2, so that `off`, `on` and dates are the texts they look like. Nodes are named tuples
rather than dataclasses: there are thousands of them, and each dataclass costs half a millisecond to define.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NoReturn

import yaml

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Location, Span
from routelint.policy.fault import Fault, PolicyError, shown

LONGEST_TEXT = 1_000_000
DEEPEST_NESTING = 20
MOST_NODES = 50_000

_WHOLE = lazy_regex(r"[-+]?[0-9]{1,30}")
_NUMBER = lazy_regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STANDARD_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq", "int", "float", "bool", "null"))
_QUOTES = "quotes around a value that starts with one of * & ! % @ `"


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value as written; `plain` is false where it is quoted, and then it is always a text."""

    text: str
    plain: bool
    location: Location

    @property
    def size(self) -> int:
        """How many nodes the value holds: itself."""
        return 1

    @property
    def value(self) -> str | int | float | bool | None:
        """What the text means by the core schema of YAML 1.2."""
        if not self.plain:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if _WHOLE.fullmatch(self.text):
            return int(self.text)
        if len(self.text) <= 40 and _NUMBER.fullmatch(self.text):
            number = float(self.text)
            return number if math.isfinite(number) else self.text
        return self.text

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written, as after `rules:` at the end of a line."""
        return self.plain and not self.text

    @property
    def is_null(self) -> bool:
        """Whether `null` or `~` was written: what is inherited here is taken away."""
        return self.plain and bool(self.text) and self.value is None


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, its place, and what it holds."""

    key: str
    location: Location
    node: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping: key -> entry, in the order written."""

    entries: Mapping[str, Entry]
    location: Location
    size: int = 1

    def get(self, key: str) -> Node | None:
        """What `key` holds; None where it is absent, empty or null."""
        entry = self.entries.get(key)
        if entry is None or (isinstance(entry.node, ScalarNode) and (entry.node.is_empty or entry.node.is_null)):
            return None
        return entry.node

    def map(self, key: str) -> MapNode:
        """The mapping below `key`; an empty one where there is none."""
        node = self.get(key)
        return node if isinstance(node, MapNode) else MapNode({}, self.location)

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of the list below `key`; none where there is no list."""
        node = self.get(key)
        return node.items if isinstance(node, ListNode) else ()

    def scalar(self, key: str) -> ScalarNode | None:
        """The single value below `key`; None where there is none."""
        node = self.get(key)
        return node if isinstance(node, ScalarNode) else None


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    location: Location
    size: int = 1


Node = ScalarNode | MapNode | ListNode
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


def plain(node: Node) -> Plain:
    """The node as JSON values, for a schema to judge."""
    match node:
        case ScalarNode():
            return node.value
        case ListNode(items):
            return [plain(item) for item in items]
        case MapNode(entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


class _Open:
    """A list or mapping whose end was not read yet; `at_key` says that a mapping's next node is a key."""

    def __init__(self, location: Location, anchor: str | None, *, is_map: bool, block: bool) -> None:
        self.location, self.anchor, self.is_map, self.block = location, anchor, is_map, block
        self.at_key = True
        self.key: ScalarNode | None = None
        self.items: list[Node] = []
        self.entries: dict[str, Entry] = {}
        self.merged: list[Node] = []
        self.size = 1

    def end(self, written: Span) -> Span:
        """Where it ends: a block's own end is where the next thing starts, so its last content tells."""
        last = [entry.node.location for entry in self.entries.values()] if self.is_map else [i.location for i in self.items]
        start = (self.location.span.start_line, self.location.span.start_column)
        ends = [(each.span.end_line, each.span.end_column) for each in last]
        if self.is_map:
            ends += [(each.location.span.end_line, each.location.span.end_column) for each in self.entries.values()]
        end = max([start, *ends]) if self.block else (written.end_line, written.end_column)
        return Span(*start, *end)


class _Composer:
    """Builds nodes from parse events, so that depth and size are bounded before anything is expanded."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}
        self.root: Node | None = None
        self.documents = 0

    def fault(self, location: Location, fact: str, expected: str = "") -> None:
        self.faults.append(Fault(self.path, location.span.start_line, location.span.start_column, fact, expected))

    def stop(self, location: Location, fact: str, expected: str = "") -> NoReturn:
        self.fault(location, fact, expected)
        raise PolicyError(self.faults)

    def location(self, event: yaml.Event) -> Location:
        start, end = event.start_mark, event.end_mark
        assert start is not None  # a parsed event has both
        assert end is not None
        return Location(self.path, Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1))

    def read(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        self.stop(self.location(event), "a second document starts here", "one document")
                case yaml.AliasEvent():
                    self.add(self.alias(event), self.location(event))
                case yaml.ScalarEvent():
                    location = self.location(event)
                    self.check_tag(event.tag, location)
                    node = ScalarNode(event.value, bool(event.implicit[0]), location)
                    self.remember(event.anchor, node)
                    self.add(node, location)
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self.start(event)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.finish(self.location(event).span)

    def check_tag(self, tag: str | None, location: Location) -> None:
        if tag is not None and tag not in _STANDARD_TAGS and tag != "!":
            written = tag.removeprefix("tag:yaml.org,2002:")
            self.fault(location, f"{shown(written)} is read as a YAML tag", _QUOTES)

    def start(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        location = self.location(event)
        self.check_tag(event.tag, location)
        if len(self.open) >= DEEPEST_NESTING:
            self.stop(location, f"nested deeper than {DEEPEST_NESTING} levels")
        is_map = isinstance(event, yaml.MappingStartEvent)
        self.open.append(_Open(location, event.anchor, is_map=is_map, block=event.flow_style is False))
        if event.anchor:
            self.anchors[event.anchor] = None

    def finish(self, end: Span) -> None:
        done = self.open.pop()
        location = Location(self.path, done.end(end))
        node: Node
        if done.is_map:
            self.merge_keys(done)
            node = MapNode(done.entries, location, done.size)
        else:
            node = ListNode(tuple(done.items), location, done.size)
        self.remember(done.anchor, node)
        self.add(node, location)

    def merge_keys(self, done: _Open) -> None:
        for merged in done.merged:
            for source in merged.items if isinstance(merged, ListNode) else (merged,):
                if not isinstance(source, MapNode):
                    self.fault(source.location, "'<<' holds something else than a mapping", "an alias of a mapping")
                    continue
                for key, entry in source.entries.items():
                    done.entries.setdefault(key, entry)

    def remember(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self.anchors[anchor] = node

    def alias(self, event: yaml.AliasEvent) -> Node:
        name = event.anchor or ""
        if name not in self.anchors:
            self.stop(self.location(event), f"alias {shown('*' + name)} has no anchor", f"an anchor above, or {_QUOTES}")
        node = self.anchors[name]
        if node is None:
            self.stop(self.location(event), f"alias {shown('*' + name)} stands inside the value it repeats", "a value above it")
        return node

    def add(self, node: Node, location: Location) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        parent.size += node.size
        if sum(each.size for each in self.open) > MOST_NODES:
            self.stop(location, f"holds more than {MOST_NODES} values once its aliases are expanded")
        if not parent.is_map:
            parent.items.append(node)
        elif parent.at_key:
            parent.at_key = False
            if isinstance(node, ScalarNode):
                parent.key = ScalarNode(node.text, node.plain, location)
            else:
                self.fault(location, "a list or mapping stands as a key", "a text")
        else:
            if parent.key is not None:
                self.add_entry(parent, parent.key, node)
            parent.at_key, parent.key = True, None

    def add_entry(self, parent: _Open, key: ScalarNode, node: Node) -> None:
        if key.plain and key.text == "<<":
            parent.merged.append(node)
        elif (first := parent.entries.get(key.text)) is not None:
            line = first.location.span.start_line
            self.fault(key.location, f"duplicate key {shown(key.text)}; first on line {line}", "each key once")
        else:
            parent.entries[key.text] = Entry(key.text, key.location, node)


def parse(text: str, path: str, kind: str = "policy") -> tuple[MapNode, list[Fault]]:
    """The mapping a policy text holds, aliases and merge keys expanded, and the faults that leave it readable.

    `kind` is what the faults call the text.

    Raises:
        PolicyError: the text is not one YAML mapping, or is too long, too deep or too large once expanded.
    """
    if len(text) > LONGEST_TEXT:
        raise PolicyError([Fault(path, 1, 1, f"longer than {LONGEST_TEXT} characters")])
    composer = _Composer(path)
    try:
        composer.read(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        composer.faults.append(_syntax_fault(error, text, path))
        raise PolicyError(composer.faults) from error
    except yaml.reader.ReaderError as error:
        position = next((i for i, each in enumerate(text) if not _is_yaml(each)), 0)
        line, column = text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1
        fact = f"character U+{ord(text[position]):04X} cannot stand in YAML"
        raise PolicyError([Fault(path, line, column, fact, "an escape in double quotes")]) from error
    except UnicodeEncodeError as error:
        line, column = text.count("\n", 0, error.start) + 1, error.start - (text.rfind("\n", 0, error.start) + 1) + 1
        raise PolicyError([Fault(path, line, column, "half of a surrogate pair", "Unicode text")]) from error
    root = composer.root
    if root is None or (isinstance(root, ScalarNode) and root.is_empty):
        composer.faults.append(Fault(path, 1, 1, f"the {kind} is empty", "at least 'version: 1'"))
    elif not isinstance(root, MapNode):
        shape = "list" if isinstance(root, ListNode) else "single value"
        composer.fault(root.location, f"the {kind} is a {shape}", "a mapping that starts with 'version: 1'")
    if not isinstance(root, MapNode):
        raise PolicyError(composer.faults)
    return root, composer.faults


def _is_yaml(character: str) -> bool:
    """Whether YAML allows the character unescaped."""
    return character in "\t\n\r\x85" or "\x20" <= character <= "\x7e" or character >= "\xa0"


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, path: str) -> Fault:
    """What the parser of YAML stopped at, with the way out where the cause is a usual one."""
    context, problem = error.context or "", (error.problem or "not YAML").removeprefix("but ")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.split("\n", line + 1)
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return Fault(path, line + 1, here.index("\t") + 1, "a tab indents this line", "spaces")
    start = error.context_mark or mark
    at = (start.line + 1, start.column + 1) if start is not None else (1, 1)
    if "scanning a quoted scalar" in context and "end of stream" in problem:
        return Fault(path, *at, "a quote is opened here and never closed", "the same quote at the end of the value")
    if any(f"scanning {what}" in context for what in ("an alias", "an anchor", "a tag")):
        return Fault(path, *at, "a value starts with a character that YAML keeps for itself", _QUOTES)
    if "cannot start any token" in problem and here[column : column + 1] in "%@`":
        return Fault(path, line + 1, column + 1, "a value starts with a character that YAML keeps for itself", _QUOTES)
    expected = "quotes around a text that holds ': '" if "mapping values" in problem else ""
    return Fault(path, line + 1, column + 1, f"not YAML: {context + ': ' if context else ''}{problem}", expected)
