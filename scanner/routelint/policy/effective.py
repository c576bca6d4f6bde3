"""The effective policy with where each value came from: as YAML that loads again to the same policy, or as a document."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.model import Location
from routelint.policy.build import is_built_in
from routelint.policy.conforms import schema
from routelint.policy.policy import Policy
from routelint.policy.source import Entry, ListNode, MapNode, Node, Plain, ScalarNode, plain

WIDEST = 100
_PLAIN = lazy_regex(r"[A-Za-z0-9_][A-Za-z0-9_./@+-]*")
# Words that YAML 1.1 reads as booleans: we read them as texts, but other tools may read what we print.
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def show(policy: Policy) -> str:
    """The effective policy as YAML; a comment tells the file and line, or the profile, of each value or block."""
    whose = _comment(policy.path) if policy.path else "the built-in profile"
    lines = [f"# The effective policy of {whose}, with everything it extends.", "version: 1", "extends: []"]
    for key, entry in _sections(policy.tree):
        lines += ["", *_block(key, entry, "", None)]
    return "\n".join(lines) + "\n"


def document(policy: Policy) -> dict[str, object]:
    """The effective policy for JSON: `policy`, the origin of each value by JSON pointer, and the warnings."""
    tree = policy.tree
    whole: Plain = {"version": 1, "extends": []}
    if tree is not None and isinstance(whole, dict):
        whole |= {key: _value(entry.node) for key, entry in _sections(tree)}
    return {
        "version": 1,
        "path": policy.path,
        "policy": whole,
        "origins": dict(_origins(tree, "")) if tree is not None else {},
        "warnings": [str(each) for each in policy.warnings],
    }


def quote(text: str) -> str:
    """A text as a YAML scalar that is read back as that text: plain where that is safe, else in double quotes."""
    node = ScalarNode(text, True, _NOWHERE)
    if _PLAIN.fullmatch(text) and node.value == text and text.casefold() not in _AMBIGUOUS:
        return text
    # A runner of CI obeys `##[` and `##vso[` wherever they stand in its log.
    return '"' + "".join(_escaped(character) for character in text).replace("##", "#\\x23") + '"'


_NOWHERE = Location("")


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _entries(node: MapNode | None) -> Iterator[tuple[str, Entry]]:
    """The entries that are set."""
    for key, entry in node.entries.items() if node is not None else ():
        if not (isinstance(entry.node, ScalarNode) and entry.node.is_null):
            yield key, entry


def _sections(tree: MapNode | None) -> list[tuple[str, Entry]]:
    """The sections that are set, in the order of the schema."""
    order = list(schema()["properties"])
    return sorted(_entries(tree), key=lambda each: order.index(each[0]))


def _value(node: Node) -> Plain:
    match node:
        case MapNode():
            return {key: _value(entry.node) for key, entry in _entries(node)}
        case ScalarNode() if node.is_empty:
            return {}
    return plain(node)


def _origin(location: Location) -> str:
    return location.path if is_built_in(location) else f"{location.path}:{location.span.start_line}"


def _profiles(entry: Entry) -> set[str]:
    """Where the leaves below an entry come from: labels of profiles, and "" for any file."""
    node = entry.node
    if isinstance(node, MapNode) and node.entries:
        return {label for _, each in _entries(node) for label in _profiles(each)}
    return {entry.location.path if is_built_in(entry.location) else ""}


def _block(key: str, entry: Entry, indent: str, said: str | None) -> Iterator[str]:
    """The lines of an entry; `said` is the profile a line above has told for all that is below it."""
    labels = _profiles(entry)
    only = next(iter(labels)) if len(labels) == 1 else ""
    comment = "" if said else f"  # {_comment(_origin(entry.location))}"
    head = f"{indent}{quote(key)}:"
    match entry.node:
        case ScalarNode() as node:
            yield f"{head} {'{}' if node.is_empty else _scalar(node)}{comment}"
        case ListNode(items) if all(isinstance(item, ScalarNode) for item in items):
            yield from _scalars(head, [_scalar(item) for item in items if isinstance(item, ScalarNode)], indent, comment)
        case ListNode(items):
            yield f"{head}{comment}"
            for item in items:
                yield from _item(item, indent + "  ", said)
        case MapNode() as node:
            entries = list(_entries(node))
            if key != "rules" and set(dict(entries)) == {"severity"} and indent:
                yield f"{head} {_scalar(node.entries['severity'].node)}{comment}"
            elif not entries:
                yield f"{head} {{}}{comment}"
            else:
                yield f"{head}{comment if only else ''}"
                for name, each in entries:
                    yield from _block(name, each, indent + "  ", said or only or None)


def _item(item: Node, indent: str, said: str | None) -> Iterator[str]:
    """The lines of a mapping in a list; its first line tells where it is from."""
    if not isinstance(item, MapNode):
        return
    comment = "" if said else f"  # {_comment(_origin(item.location))}"
    lines = [line for name, each in _entries(item) for line in _block(name, each, indent + "  ", "told by the item")]
    for index, line in enumerate(lines):
        yield f"{indent}- {line[len(indent) + 2 :]}{comment}" if index == 0 else line


def _scalars(head: str, texts: list[str], indent: str, comment: str) -> Iterator[str]:
    line = f"{head} [{', '.join(texts)}]"
    if len(line) <= WIDEST:
        yield line + comment
        return
    yield head + comment
    for text in texts:
        yield f"{indent}  - {text}"


def _scalar(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        return "{}"
    return quote(node.text) if isinstance(node.value, str) else node.text


def _comment(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def _origins(node: MapNode, pointer: str) -> Iterator[tuple[str, str]]:
    for key, entry in _entries(node):
        here = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if isinstance(entry.node, MapNode) and entry.node.entries:
            yield from _origins(entry.node, here)
        else:
            yield here, _origin(entry.location)
