"""Located data: YAML, JSON and TOML as a tree of scalars, maps and lists that know where they stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Protocol, cast

import yaml

from routelint.deferred import dataclass, lazy_regex
from routelint.parse import lexicon
from routelint.parse.lexicon import COMMENT, MARK, STRING, Token

MOST_DEPTH = 100
# Nodes that are read whatever they hold: each takes 300 bytes. A price list of 3 MB has 110,000.
MOST_NODES = 150_000
# Nodes in all, beyond which a text is not read.
MOST_NODES_IN_ALL = 300_000
# Words of a TOML text, 250 bytes each.
MOST_WORDS = 300_000
MOST_BRACKETS_IN_JSON = 1000
MOST_BRACKETS = 10_000

_OPENERS = ("[", "{")
_BRACKET = lazy_regex(r"([\[\]{}])")
# One match from bracket to bracket, over all strings between them: a match for each string took three times as long.
_JSON_BRACKET = lazy_regex(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+"|")*+([\[\]{}]|\Z)', re.DOTALL)


@dataclass(slots=True)
class Scalar:
    """A text between two offsets, quotes included. `anchor` is where an alias took it from."""

    # Not frozen, though nothing changes one: a frozen object takes 0.5 us to make and this one 0.15, and files hold many.
    text: str
    start: int
    end: int
    anchor: Scalar | None = None


@dataclass(slots=True)
class Map:
    """Keys and values in the order written, duplicates kept."""

    start: int
    end: int
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    _last: dict[str, Node] | None = field(default=None, compare=False)
    answers: dict[str, bool] | None = field(default=None, compare=False)

    def asked(self, question: str, answer: Callable[[Map], bool]) -> bool:
        """The answer to a question about the whole map, found once: it is asked again for every value below."""
        if self.answers is None:
            self.answers = {}
        if question not in self.answers:
            self.answers[question] = answer(self)
        return self.answers[question]

    def add(self, key: Scalar, value: Node) -> None:
        """One more entry."""
        self.entries.append((key, value))
        if self._last is not None:
            self._last[key.text] = value

    @property
    def last(self) -> dict[str, Node]:
        """The last value of each key, worked out when first asked for: of most maps nobody asks."""
        if self._last is None:
            self._last = {key.text: value for key, value in self.entries}
        return self._last

    def get(self, key: str) -> Node | None:
        """The last value of a key."""
        return self.last.get(key)

    def keys(self) -> tuple[str, ...]:
        """Every key in order."""
        return tuple(name.text for name, _ in self.entries)


@dataclass(slots=True)
class List:
    """Items in order."""

    start: int
    end: int
    items: list[Node] = field(default_factory=list)
    identifiers: dict[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict, compare=False)


Node = Scalar | Map | List

# What stands in a long list for an item that is not read.
_NOTHING = Scalar("", 0, 0)


class _Mark(Protocol):
    """A position of libyaml, counted in code points."""

    index: int
    line: int


class _Event(Protocol):
    """What libyaml reads: the start or end of something, an alias, or a scalar; only that has a value."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    value: str


class MalformedError(ValueError):
    """The text is not what its name says: what is wrong, and the line and column."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class TooLargeError(MalformedError):
    """The text holds more than is read of one."""


def read_yaml(text: str, matters: Callable[[str], bool] | None = None) -> tuple[Node, ...]:
    """The documents of a YAML or JSON text. An alias gives the scalar it stands for; one that stands for more gives nothing.

    Events are read one by one, so neither nesting nor aliases can make the tree larger than the text. Of a text with more
    nodes than people write, maps and lists are empty that hold no value that `matters`.

    Raises:
        MalformedError: the text is not YAML.
        TooLargeError: it has more nodes than are held.
    """
    text = _taken(text)
    documents: list[Node] = []
    # What is being filled, the key that waits for its value there, and the same of all around it.
    top: Map | List | None = None
    key: Scalar | None = None
    around: list[tuple[Map | List | None, Scalar | None]] = []
    anchors: dict[str, Scalar] = {}
    skipped = 0
    # The nodes held, and the values that matter; for each that is being filled, how many there were before it.
    held = 0
    mattering = 0
    before: list[tuple[int, int]] = []
    node: Node
    # Most of the time goes into this loop: what each of many events does not need is not asked of it, and nothing is called.
    next_event = cast("Callable[[], _Event | None]", yaml.CSafeLoader(text).get_event)
    try:
        while (event := next_event()) is not None:
            kind: type[object] = type(event)
            opened: Map | List | None = None
            if kind is yaml.ScalarEvent:
                if skipped:
                    continue
                node = Scalar(event.value, event.start_mark.index, event.end_mark.index)
                if held > MOST_NODES:
                    if matters is None or matters(event.value):
                        mattering += 1
                    elif type(top) is List:
                        # Only its place is kept.
                        top.items.append(_NOTHING)
                        continue
                if event.anchor is not None:
                    anchors[event.anchor] = node
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if skipped or len(around) >= MOST_DEPTH:
                    skipped += 1
                    continue
                start = event.start_mark.index
                before.append((held, mattering))
                node = opened = Map(start, start) if kind is yaml.MappingStartEvent else List(start, start)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                if not skipped and top is not None:
                    top.end = event.end_mark.index
                    held_before, mattering_before = before.pop()
                    closed = top
                    top, key = around.pop()
                    if held_before > MOST_NODES and mattering_before == mattering:
                        held = held_before
                        if type(top) is List:
                            top.items[-1] = _NOTHING
                        elif isinstance(closed, Map):
                            closed.entries.clear()
                        else:
                            closed.items.clear()
                    continue
                skipped -= 1
                if skipped:
                    continue
                start = event.start_mark.index
                node = Scalar("", start, start)
            elif kind is yaml.AliasEvent and not skipped:
                target = anchors.get(event.anchor or "")
                node = Scalar(target.text if target else "", event.start_mark.index, event.end_mark.index, target)
            else:
                continue
            held += 1
            if held > MOST_NODES_IN_ALL:
                line = event.start_mark.line + 1
                raise TooLargeError(f"more than {MOST_NODES_IN_ALL:,} values", line, 1)
            if top is None:
                documents.append(node)
            elif isinstance(top, List):
                top.items.append(node)
            elif key is None:
                key = node if isinstance(node, Scalar) else Scalar("", node.start, node.end)
            else:
                top.entries.append((key, node))
                key = None
            if opened is not None:
                around.append((top, key))
                top, key = opened, None
    except MalformedError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _malformed(error) from error
    return tuple(documents)


def check_yaml(text: str) -> None:
    """Nothing, where a text is YAML or JSON; a third of the work of reading it.

    Raises:
        MalformedError: the text is not YAML.
    """
    next_event = yaml.CSafeLoader(_taken(text)).get_event
    try:
        while next_event() is not None:
            pass
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _malformed(error) from error


def _taken(text: str) -> str:
    """The text as libyaml takes it.

    Raises:
        MalformedError: brackets nest beyond all reason; libyaml takes time with the square of their depth.
    """
    # A tab is no indentation in YAML, but plain space in JSON; inside a JSON string it may not stand.
    is_json = text.lstrip()[:1] in ("{", "[")
    if is_json:
        text = text.replace("\t", " ")
    # Outside JSON brackets may stand in prose, unpaired, so more of them are let pass.
    most = MOST_BRACKETS_IN_JSON if is_json else MOST_BRACKETS
    if text.count("[") + text.count("{") <= most:
        return text
    depth = 0
    for match in (_JSON_BRACKET if is_json else _BRACKET).finditer(text):
        if match[1] in _OPENERS:
            depth += 1
            if depth > most:
                raise MalformedError(f"nested more than {most} levels deep", text.count("\n", 0, match.end()) + 1, 1)
        elif match[1]:
            depth = max(0, depth - 1)
    return text


def _malformed(error: Exception) -> MalformedError:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return MalformedError(str(error.problem or "malformed"), error.problem_mark.line + 1, error.problem_mark.column + 1)
    return MalformedError(str(getattr(error, "reason", None) or error) or "malformed", 1, 1)


def read_toml(text: str) -> Node:
    """The tree of a TOML text; what does not parse is left out, the rest is read.

    Raises:
        TooLargeError: the text has more words than are held.
    """
    root = Map(0, len(text))
    table = root
    read = (token for token in lexicon.tokens(text, lexicon.LEXICONS["toml"]) if token.kind is not COMMENT)
    tokens = list(itertools.islice(read, MOST_WORDS + 1))
    if len(tokens) > MOST_WORDS:
        raise TooLargeError(f"more than {MOST_WORDS:,} words", text.count("\n", 0, tokens[-1].start) + 1, 1)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text == "[" and token.kind is MARK:
            end = _to(tokens, position, "]")
            path = [part for part in tokens[position:end] if part.kind is not MARK]
            table = _table(root, path, array=position + 1 < len(tokens) and tokens[position + 1].text == "[")
            position = end + (2 if tokens[end + 1 : end + 2] and tokens[end + 1].text == "]" else 1)
            continue
        newline = text.find("\n", token.start)
        # Only as far as the line, and past it where it has none: each word is looked at once.
        equals = _to(tokens, position, "=", newline if newline >= 0 else len(text))
        if equals >= len(tokens) or tokens[equals].kind is not MARK or tokens[equals].text != "=":
            position = max(equals, position + 1)
            continue
        path = [part for part in tokens[position:equals] if part.kind is not MARK]
        if not path:
            position += 1
            continue
        value, position = _toml_value(text, tokens, equals + 1, 0)
        _table(table, path[:-1]).add(_key(path[-1]), value)
    return root


def _to(tokens: list[Token], position: int, mark: str, end: int | None = None) -> int:
    """Where a mark stands at or after a position, else the first token from the offset `end` on."""
    while position < len(tokens) and not (tokens[position].kind is MARK and tokens[position].text == mark):
        if end is not None and tokens[position].start >= end:
            break
        position += 1
    return position


def _key(token: Token) -> Scalar:
    return Scalar(token.text, token.start, token.end)


def _table(root: Map, path: list[Token], *, array: bool = False) -> Map:
    """The map at a dotted key, made where it is not there; a new one where it is an array of tables."""
    here = root
    for depth, token in enumerate(path[:MOST_DEPTH]):
        found = here.get(token.text)
        if (
            isinstance(found, List)
            and found.items
            and isinstance(found.items[-1], Map)
            and not (array and depth + 1 == len(path))
        ):
            here = found.items[-1]
            continue
        made = Map(token.start, token.end)
        if array and depth + 1 == len(path):
            if not isinstance(found, List):
                found = List(token.start, token.end)
                here.add(_key(token), found)
            found.items.append(made)
            here = made
        elif isinstance(found, Map):
            here = found
        else:
            here.add(_key(token), made)
            here = made
    return here


def _toml_value(text: str, tokens: list[Token], position: int, depth: int) -> tuple[Node, int]:
    """The value at a token, and the position after it."""
    if position >= len(tokens):
        return Scalar("", len(text), len(text)), position
    token = tokens[position]
    if token.kind is MARK and token.text in "[{" and depth < MOST_DEPTH:
        return _toml_container(text, tokens, position, depth)
    if token.kind is STRING:
        return Scalar(token.text, token.start, token.end), position + 1
    end = position
    while (
        end + 1 < len(tokens)
        and "\n" not in text[tokens[end].end : tokens[end + 1].start]
        and tokens[end + 1].text not in ",]}"
    ):
        end += 1
    return Scalar(text[token.start : tokens[end].end], token.start, tokens[end].end), end + 1


def _toml_container(text: str, tokens: list[Token], position: int, depth: int) -> tuple[Node, int]:
    start = tokens[position].start
    closer = "]" if tokens[position].text == "[" else "}"
    items: list[Node] = []
    table = Map(start, start)
    position += 1
    while position < len(tokens) and tokens[position].text != closer:
        if tokens[position].text == ",":
            position += 1
            continue
        if closer == "]":
            item, position = _toml_value(text, tokens, position, depth + 1)
            items.append(item)
            continue
        equals = _to(tokens, position, "=")
        path = [part for part in tokens[position:equals] if part.kind is not MARK]
        value, position = _toml_value(text, tokens, equals + 1, depth + 1)
        if path:
            _table(table, path[:-1]).add(_key(path[-1]), value)
    end = tokens[position].end if position < len(tokens) else len(text)
    if closer == "]":
        return List(start, end, items), position + 1
    table.end = end
    return table, position + 1


@dataclass(slots=True)
class Step:
    """One step from the root to a node: the container, and the key or index in it."""

    # Not frozen for the reason that scalars are not.
    container: Map | List
    key: Scalar | None
    index: int


def walk(root: Node, wanted: Callable[[str], bool]) -> Iterator[tuple[tuple[Step, ...], Scalar]]:
    """Every scalar value whose text is wanted, with the steps that lead to it, in the order written."""
    pending: list[tuple[tuple[Step, ...], Node]] = [((), root)]
    while pending:
        steps, node = pending.pop()
        match node:
            case Scalar():
                yield steps, node
            case Map(entries=entries):
                for at in range(len(entries) - 1, -1, -1):
                    key, value = entries[at]
                    if not isinstance(value, Scalar) or wanted(value.text):
                        pending.append(((*steps, Step(node, key, at)), value))
            case List(items=items):
                for at in range(len(items) - 1, -1, -1):
                    item = items[at]
                    if not isinstance(item, Scalar) or wanted(item.text):
                        pending.append(((*steps, Step(node, None, at)), item))
