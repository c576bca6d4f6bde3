"""Local files that `AWS::Include` puts into a template: their nodes take the place of the call and keep their own positions."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from routelint.parse.cloudformation import syntax
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Sequence, function, text_at
from routelint.source import SourceText

CALL = "Fn::Transform"
NAME = "AWS::Include"
DEEPEST = 4
MOST_INCLUDES = 50

Read = Callable[[str], SourceText | None]


class Includes:
    """Replaces includes; `read` gives the text of a path relative to the root of the scan, `files` are those included."""

    def __init__(self, read: Read) -> None:
        self.files: dict[str, None] = {}
        self._read = read
        self._left = MOST_INCLUDES

    def expand(self, root: Node, depth: int = 0) -> Node:
        """The tree with every local include replaced by what the file holds; others stay as they are."""
        if NAME not in root.source.text[root.start : root.end]:
            return root
        return self._expand(root, depth)

    def _expand(self, node: Node, depth: int) -> Node:
        match node:
            case Mapping():
                call = function(node)
                if call is not None and call[0] == "Transform":
                    return self._included(node, call[1], depth) or node
                entries: dict[str, Entry] = {}
                for key, entry in node.entries.items():
                    if key == CALL and isinstance(included := self._included(node, entry.value, depth), Mapping):
                        entries.update(included.entries)
                    else:
                        entries[key] = Entry(entry.key, self._expand(entry.value, depth))
                return Mapping(entries, node.source, node.start, node.end, node.tag)
            case Sequence(items):
                return Sequence(tuple(self._expand(item, depth) for item in items), node.source, node.start, node.end, node.tag)
            case _:
                return node

    def _included(self, call: Node, argument: Node, depth: int) -> Node | None:
        """What an include stands for; None where its file is not in the scan."""
        if not isinstance(argument, Mapping) or text_at(argument.get("Name")) != NAME:
            return None
        parameters = argument.get("Parameters")
        location = text_at(parameters.get("Location")) if isinstance(parameters, Mapping) else None
        if location is None or "://" in location or depth >= DEEPEST or self._left <= 0:
            return None
        self._left -= 1
        path = posixpath.normpath(posixpath.join(posixpath.dirname(call.source.path), location))
        source = None if path.startswith(("..", "/")) else self._read(path)
        roots = syntax.parse(source).roots if source is not None else ()
        if not roots:
            return None
        self.files[path] = None
        return self.expand(roots[0], depth + 1)
