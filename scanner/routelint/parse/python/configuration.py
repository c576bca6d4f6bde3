"""Configuration files that Python code loads: YAML, JSON and TOML of the repository as values that know their lines."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib

import yaml

from routelint.model import Hop, Location, Resolution, Span
from routelint.parse.python.values import ROOT
from routelint.possible import Items, Possible, Record, known, unknown
from routelint.source import NotTextError, SourceText, SourceTree, decode

MOST_BYTES = 1_000_000
MOST_NODES = 20_000
MOST_DEPTH = 30


def find(tree: SourceTree, text: str, importer: str) -> str | None:
    """The path of the repository that code in `importer` opens by a path text; None where there is none."""
    if text.startswith(ROOT):
        path = posixpath.normpath(text.removeprefix(ROOT).lstrip("/"))
        return path if tree.read(path) is not None else None
    if text.startswith(("/", "~")) or "://" in text:
        return None
    folder = posixpath.dirname(importer)
    while True:
        path = posixpath.normpath(posixpath.join(folder, text))
        if not path.startswith("..") and tree.read(path) is not None:
            return path
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def text(tree: SourceTree, path: str) -> str | None:
    """The text of a configuration file; None where it is absent, too large or no text."""
    data = tree.read(path)
    if data is None or len(data) > MOST_BYTES:
        return None
    try:
        return decode(path, data).text
    except NotTextError:
        return None


def load(path: str, content: str) -> Possible:
    """The document of a configuration file; each scalar carries a hop to its place."""
    source = SourceText(path, content)
    if path.endswith(".toml"):
        try:
            document = tomllib.loads(content)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return unknown(f"{path} is not TOML that can be read: {error}")
        return _Plain(source).value(document, path)
    try:
        loader = yaml.CSafeLoader(content)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if path.endswith(".json"):
            return _json(source)
        return unknown(f"{path} is not YAML that can be read: {str(error).splitlines()[0]}")
    if node is None:
        return known(None)
    return _Located(source).value(node, "")


def _json(source: SourceText) -> Possible:
    try:
        return _Plain(source).value(json.loads(source.text), source.path)
    except (json.JSONDecodeError, RecursionError) as error:
        return unknown(f"{source.path} is not JSON that can be read: {error}")


class _Located:
    """Turns YAML nodes into values."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._nodes = 0

    def value(self, node: yaml.Node, key: str, depth: int = 0) -> Possible:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > MOST_DEPTH:
            return unknown(f"{self._source.path} is too large to follow")
        match node:
            case yaml.MappingNode(value=pairs):
                entries = {
                    str(name.value): self.value(inner, f"{key}.{name.value}".lstrip("."), depth + 1)
                    for name, inner in pairs
                    if isinstance(name, yaml.ScalarNode)
                }
                return known(Record(entries))
            case yaml.SequenceNode(value=nodes):
                return known(Items(tuple(self.value(inner, f"{key}[]", depth + 1) for inner in nodes)))
        return known(self._scalar(node), Resolution.CROSS_FILE, [self._hop(node, key)])

    def _scalar(self, node: yaml.Node) -> str | int | float | bool | None:
        text = str(node.value)
        match node.tag:
            case "tag:yaml.org,2002:null":
                return None
            case "tag:yaml.org,2002:bool":
                return text.lower() in ("true", "yes", "on")
            case "tag:yaml.org,2002:int" if re.fullmatch(r"[-+]?\d+", text):
                return int(text)
        return text

    def _hop(self, node: yaml.Node, key: str) -> Hop:
        start, end = node.start_mark, node.end_mark
        span = Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        name = posixpath.basename(self._source.path)
        return Hop(Location(self._source.path, span), f"{name} sets {key}" if key else name)


class _Plain:
    """Turns plain data into values; the line of a text is found by the text itself."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._nodes = 0

    def value(self, data: object, key: str, depth: int = 0) -> Possible:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > MOST_DEPTH:
            return unknown(f"{self._source.path} is too large to follow")
        match data:
            case dict():
                return known(Record({str(name): self.value(inner, str(name), depth + 1) for name, inner in data.items()}))
            case list():
                return known(Items(tuple(self.value(inner, key, depth + 1) for inner in data)))
            case str():
                at = self._source.text.find(data)
                span = self._source.span(at, at + len(data)) if at >= 0 else Span(1, 1, 1, 1)
                note = f"{posixpath.basename(self._source.path)} sets {key}"
                return known(data, Resolution.CROSS_FILE, [Hop(Location(self._source.path, span), note)])
            case bool() | int() | float() | None:
                return known(data)
        return (*unknown(f"a value of {self._source.path}"),)
