"""Decodes YAML event by event: no recursion, a bound on depth and size, and aliases that cannot multiply."""

from __future__ import annotations

from dataclasses import field

import yaml

from routelint.deferred import dataclass, lazy_regex
from routelint.possible import Content, Hole, Items, Record, known

MOST_NESTED = 60
MOST_NODES = 20_000

_INTEGER = lazy_regex(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = lazy_regex(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?")
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class UnreadableError(ValueError):
    """The text is no YAML, or more of it than is read."""


@dataclass
class _Open:
    """A list or map that is not closed yet; `key` is the key whose value comes next."""

    anchor: str | None
    items: list[Content] = field(default_factory=list)
    pairs: dict[str, Content] | None = None
    key: str | None = None


def load(text: str) -> Content:
    """The value of a YAML text.

    Raises:
        UnreadableError: it is malformed, nested too deeply, or too large when its aliases are followed.
    """
    anchors: dict[str, tuple[Content, int]] = {}
    open_nodes: list[_Open] = []
    sizes: list[int] = []
    result: Content = None
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                if len(open_nodes) >= MOST_NESTED:
                    raise UnreadableError("nested too deeply")
                open_nodes.append(_Open(event.anchor, pairs={} if isinstance(event, yaml.MappingStartEvent) else None))
                sizes.append(1)
                continue
            value: Content
            if isinstance(event, yaml.ScalarEvent):
                value, size, anchor = _scalar(event), 1, event.anchor
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in anchors:
                    raise UnreadableError("an alias names nothing that is closed")
                value, size = anchors[event.anchor]
                anchor = None
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                closed, size = open_nodes.pop(), sizes.pop()
                value, anchor = _closed(closed), closed.anchor
            else:
                continue
            if anchor is not None:
                anchors[anchor] = (value, size)
            if not open_nodes:
                result = value
                continue
            sizes[-1] += size
            if sizes[-1] > MOST_NODES:
                raise UnreadableError("too large")
            _add(open_nodes[-1], value)
    except yaml.YAMLError as error:
        raise UnreadableError("no YAML") from error
    return result


def _add(node: _Open, value: Content) -> None:
    if node.pairs is None:
        node.items.append(value)
    elif node.key is None:
        node.key = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else _key(value)
    else:
        if node.key == "<<":
            for base in value.items if isinstance(value, Items) else ():
                _merge(node.pairs, base[0].content)
            _merge(node.pairs, value)
        else:
            node.pairs[node.key] = value
        node.key = None


def _key(value: Content) -> str:
    return {True: "true", False: "false", None: ""}.get(value, "") if isinstance(value, bool) or value is None else ""


def _merge(pairs: dict[str, Content], base: Content) -> None:
    if isinstance(base, Record):
        for name, value in base.entries.items():
            pairs.setdefault(name, value[0].content)


def _closed(node: _Open) -> Content:
    if node.pairs is None:
        return Items(tuple(known(item) for item in node.items))
    return Record({name: known(value) for name, value in node.pairs.items()})


def _scalar(event: yaml.ScalarEvent) -> Content:
    text = str(event.value)
    if event.tag is not None and not event.tag.startswith("tag:yaml.org,2002:"):
        return Hole(f"the YAML tag {event.tag} is not read")
    if not event.implicit[0] or (event.tag is not None and event.tag.endswith(":str")):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
