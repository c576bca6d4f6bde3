"""The built-in profiles as JSON: what `policy.source.parse` makes of their YAML, written down by `tools/build_data.py`.

Without a policy file a scan needs no YAML at all, and importing PyYAML takes as long as reading Python does to start.
"""

from __future__ import annotations

import json
from typing import Any

from routelint.model import Location, Span
from routelint.policy.source import Entry, ListNode, MapNode, Node, ScalarNode


def write(root: MapNode) -> str:
    """The index of a profile: one line for each of its keys."""
    entries = [json.dumps(_written_entry(entry), ensure_ascii=False) for entry in root.entries.values()]
    return "[\n" + ",\n".join([json.dumps([*_place(root.location), root.size]), *entries]) + "\n]\n"


def read(text: str, path: str) -> MapNode:
    """The profile that an index holds; its places say `path`."""
    (*place, size), *entries = json.loads(text)
    return MapNode(dict(_entry(each, path) for each in entries), _location(place, path), size)


def _written(node: Node) -> list[Any]:
    match node:
        case ScalarNode(text, plain, location):
            return ["scalar", *_place(location), text, plain]
        case ListNode(items, location, size):
            return ["list", *_place(location), size, [_written(item) for item in items]]
        case MapNode(entries, location, size):
            return ["map", *_place(location), size, [_written_entry(entry) for entry in entries.values()]]


def _written_entry(entry: Entry) -> list[Any]:
    return [entry.key, _place(entry.location), _written(entry.node)]


def _place(location: Location) -> list[int]:
    span = location.span
    return [span.start_line, span.start_column, span.end_line, span.end_column]


def _node(written: list[Any], path: str) -> Node:
    kind, *place = written[:5]
    location = _location(place, path)
    first, second = written[5:]
    match kind:
        case "scalar":
            return ScalarNode(first, second, location)
        case "list":
            return ListNode(tuple(_node(item, path) for item in second), location, first)
        case _:
            return MapNode(dict(_entry(each, path) for each in second), location, first)


def _entry(written: list[Any], path: str) -> tuple[str, Entry]:
    key, place, node = written
    return key, Entry(key, _location(place, path), _node(node, path))


def _location(place: list[int], path: str) -> Location:
    return Location(path, Span(*place))
