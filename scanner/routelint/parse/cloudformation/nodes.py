"""The located syntax of YAML and JSON: scalars, sequences and mappings that know where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Location, Span
from routelint.source import SourceText

# `${Name}`, and `${!Text}` that stands for itself.
PLACEHOLDER = lazy_regex(r"\$\{(!?)\s*([^}]*?)\s*\}")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


# Nothing changes a node, but none is frozen: a frozen object takes 0.5 us to make and these 0.15, and templates hold many.
@dataclass(slots=True, eq=False)
class Scalar:
    """A text as the parser decoded it; `tag` is a local tag without its mark (`Ref`), `plain` is set where no quotes stand."""

    text: str
    source: SourceText
    start: int
    end: int
    tag: str | None = None
    plain: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing, or the word for it, is written."""
        return self.plain and self.tag is None and self.text in _NULLS


@dataclass(slots=True, eq=False)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    source: SourceText
    start: int
    end: int
    tag: str | None = None


@dataclass(slots=True, eq=False)
class Entry:
    """A key of a mapping and what it holds."""

    key: Scalar
    value: Node


@dataclass(slots=True, eq=False)
class Mapping:
    """Key -> entry, in order; of a key that is written twice the last entry."""

    entries: MappingOf[str, Entry]
    source: SourceText
    start: int
    end: int
    tag: str | None = None

    def get(self, key: str) -> Node | None:
        """What `key` holds; None where it is absent."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value

    def items(self) -> Iterator[tuple[str, Node]]:
        """Every key with what it holds, in order."""
        return ((key, entry.value) for key, entry in self.entries.items())


Node = Scalar | Sequence | Mapping


def untagged(node: Node) -> Node:
    """The same node without its tag."""
    if node.tag is None:
        return node
    # Asked of every tagged node that is passed; `dataclasses.replace` takes ten times as long.
    match node:
        case Scalar():
            return Scalar(node.text, node.source, node.start, node.end, None, node.plain)
        case Sequence():
            return Sequence(node.items, node.source, node.start, node.end)
        case Mapping():
            return Mapping(node.entries, node.source, node.start, node.end)


def span(node: Node) -> Span:
    """Where a node stands, its tag and quotes included."""
    return node.source.span(node.start, node.end)


def location(node: Node, symbol: str = "") -> Location:
    """The place of a node."""
    return Location(node.source.path, span(node), symbol)


def text_at(node: Node | None) -> str | None:
    """The text of a scalar that is no expression; None for everything else."""
    if isinstance(node, Scalar) and node.tag is None and not node.is_null:
        return node.text
    return None


def function(node: Node) -> tuple[str, Node] | None:
    """The intrinsic function a node calls, without `Fn::`, and its argument; None where it calls none."""
    if node.tag is not None:
        return node.tag.removeprefix("Fn::"), untagged(node)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        key, entry = next(iter(node.entries.items()))
        if key.startswith("Fn::"):
            return key[4:], entry.value
        if key in ("Ref", "Condition"):
            return key, entry.value
    return None


def part_span(node: Node, decoded: str, start: int, end: int) -> Span:
    """Where a part of a scalar's decoded text stands in the file.

    The part is looked for in the raw text, as often as it occurs before in the decoded one; escapes inside it, or a fold,
    make it the span of the whole node.
    """
    wanted = decoded[start:end]
    if wanted:
        position = node.start
        for _ in range(decoded.count(wanted, 0, start) + 1):
            position = node.source.text.find(wanted, position, node.end)
            if position < 0:
                return span(node)
            position += 1
        return node.source.span(position - 1, position - 1 + len(wanted))
    return span(node)


def names(node: Node) -> Iterator[str]:
    """Every parameter, condition and resource that an expression names, with repeats."""
    waiting: list[Node] = [node]
    steps = 0
    while waiting and steps < 10_000:
        steps += 1
        current = waiting.pop()
        call = function(current)
        if call is not None and call[0] in ("Ref", "Condition", "GetAtt", "If"):
            argument = call[1]
            if isinstance(argument, Scalar):
                yield argument.text.partition(".")[0]
            elif isinstance(argument, Sequence) and argument.items and (first := text_at(argument.items[0])) is not None:
                yield first
        if call is not None and call[0] == "Sub":
            text = call[1].items[0] if isinstance(call[1], Sequence) and call[1].items else call[1]
            if isinstance(text, Scalar):
                yield from (match[2].partition(".")[0] for match in PLACEHOLDER.finditer(text.text))
        match current:
            case Sequence(items):
                waiting.extend(items)
            case Mapping():
                waiting.extend(entry.value for entry in current.entries.values())
