"""`Fn::ForEach` inside the properties of a resource: its entries, once per item of the collection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence, text_at

LOOP = "Fn::ForEach::"
MOST_REPEATS = 64
MOST_NODES = 50_000
DEEPEST = 60


def filled(text: str, variable: str, item: str) -> str:
    """A text with a loop variable replaced: `${Name}` by the item, `&{Name}` by its letters and digits."""
    return text.replace(f"${{{variable}}}", item).replace(f"&{{{variable}}}", "".join(filter(str.isalnum, item)))


class Loops:
    """Expands loops of one resource; `items` gives what a collection, whose variable is named, comes to."""

    def __init__(self, items: Callable[[Node, str], list[str]]) -> None:
        self._items = items
        self._left = MOST_NODES

    def expand(self, node: Node, depth: int = 0) -> Node:
        """The node with every loop inside replaced by what it repeats."""
        if depth > DEEPEST or LOOP not in node.source.text[node.start : node.end]:
            return node
        match node:
            case Mapping():
                entries: dict[str, Entry] = {}
                for key, entry in node.entries.items():
                    if key.startswith(LOOP):
                        entries.update(self._repeated(entry.value, depth))
                    else:
                        entries[key] = Entry(entry.key, self.expand(entry.value, depth + 1))
                return replace(node, entries=entries)
            case Sequence(items):
                return replace(node, items=tuple(self.expand(item, depth + 1) for item in items))
            case _:
                return node

    def _repeated(self, loop: Node, depth: int) -> dict[str, Entry]:
        if not isinstance(loop, Sequence) or len(loop.items) != 3:
            return {}
        variable, collection, body = loop.items
        name = text_at(variable)
        if name is None or not isinstance(body, Mapping):
            return {}
        found: dict[str, Entry] = {}
        for item in self._items(collection, name)[:MOST_REPEATS]:
            each = self.expand(self._with(body, name, item), depth + 1)
            found.update(each.entries if isinstance(each, Mapping) else {})
        return found

    def _with(self, node: Node, name: str, item: str, depth: int = 0) -> Node:
        """A node in which the loop variable is an item."""
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            return node
        match node:
            case Scalar(text):
                if node.tag == "Ref" and text == name:
                    return replace(node, text=item, tag=None, plain=False)
                return replace(node, text=filled(text, name, item))
            case Sequence(items):
                return replace(node, items=tuple(self._with(each, name, item, depth + 1) for each in items))
            case Mapping():
                if len(node.entries) == 1 and text_at(node.get("Ref")) == name:
                    return Scalar(item, node.source, node.start, node.end)
                entries = {
                    filled(key, name, item): Entry(entry.key, self._with(entry.value, name, item, depth + 1))
                    for key, entry in node.entries.items()
                }
                return replace(node, entries=entries)
