"""Configuration files that programs read: imported, required, or read from disk and parsed."""

from __future__ import annotations

import fnmatch
import json
import posixpath
from dataclasses import replace

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.text import nodes, words
from routelint.parse.text.draft import File
from routelint.parse.text.nodes import List, Map, Node, Scalar
from routelint.parse.text.scope import Path, Scope
from routelint.possible import Hole, Possibility, Possible, Template, in_environments, known, unite, unknown
from routelint.source import NotTextError, decode

MOST_BYTES = 2_000_000
_MOST_FILES = 32
_MOST_ITEMS = 64
_SUFFIXES = (".json", ".yaml", ".yml", ".toml")


@dataclass(frozen=True, slots=True)
class Data:
    """The content of a configuration file that a name stands for, and the keys that are still to be taken of it."""

    file: File
    root: Node
    path: Path = ()
    environments: tuple[str, ...] = ()


def of_module(scope: Scope, target: str) -> Data | None:
    """The JSON file that an import means; None where it means none."""
    path = scope.reader.imports.resolve(scope.file.path, target) if ".json" in target else None
    return read(scope, path) if path is not None else None


def read(scope: Scope, path: str) -> Data | None:
    """The content of a configuration file of the scan; None where it is absent or malformed."""
    if path not in scope.reader.imports.paths or not path.endswith(_SUFFIXES):
        return None
    documents = scope.reader.documents
    if path not in documents:
        if len(documents) >= _MOST_FILES:
            documents.clear()
        documents[path] = _read(scope.file, path)
    found = documents[path]
    return None if found is None else Data(*found)


def _read(like: File, path: str) -> tuple[File, Node] | None:
    data = like.context.tree.read(path)
    if data is None or len(data) > MOST_BYTES:
        return None
    try:
        file = File(decode(path, data), like.context, like.language)
        text = file.source.text
        documents = (nodes.read_toml(text),) if path.endswith(".toml") else nodes.read_yaml(text)
    except (NotTextError, nodes.MalformedError):
        return None
    return (file, documents[0]) if documents else None


def matching(scope: Scope, pattern: str, *, named: bool) -> tuple[Data, ...]:
    """The configuration files whose path fits a pattern; with `named` each in the environment that its name says."""
    if not pattern.endswith(_SUFFIXES):
        return ()
    if "*" not in pattern:
        found = read(scope, pattern)
        return () if found is None else (replace(found, environments=_environment(found.file.name) if named else ()),)
    paths = [
        path
        for path in sorted(scope.reader.imports.paths)
        if fnmatch.fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
    ]
    return tuple(
        replace(data, environments=_environment(data.file.name) if named else ())
        for path in paths[:_MOST_FILES]
        if (data := read(scope, path)) is not None
    )


def _environment(name: str) -> tuple[str, ...]:
    """The environment that a file is named after: `config/prod.json`, `settings.staging.yaml`."""
    stem = name.rsplit(".", 1)[0].lower()
    found = stem if stem in words.ENVIRONMENTS else words.environment_of_file(name)
    return (found,) if found is not None else ()


def taken(data: Data) -> Possible:
    """What a file holds at the path that is taken of it; nothing where it has no such key."""
    found = unite(_at(data, data.root, data.path, (), ""))
    return in_environments(found, data.environments)


def _at(data: Data, node: Node, path: Path, environments: tuple[str, ...], shown: str) -> list[Possible]:
    if not path:
        if not isinstance(node, Scalar):
            return [unknown(f"{data.file.name} holds a list or map at '{shown}'")]
        hop = Hop(data.file.location(node.start, node.end), f"{data.file.name} says {shown or 'so'}")
        return [in_environments(known(node.text, Resolution.CROSS_FILE, (hop,)), environments)]
    key, rest = path[0], path[1:]
    found: list[Possible] = []
    if isinstance(node, Map):
        table = [(name, value) for name, value in node.entries if key is None or name.text == key]
        for name, value in table[:_MOST_ITEMS]:
            where = environments
            if words.names_environment(name.text, node.keys(), shown.rsplit(".", 1)[-1]):
                where = (name.text.lower(),)
            found += _at(data, value, rest, where, f"{shown}.{name.text}" if shown else name.text)
    elif isinstance(node, List):
        items = node.items if key is None else node.items[int(key) : int(key) + 1] if key.isdecimal() else []
        for item in items[:_MOST_ITEMS]:
            found += _at(data, item, rest, environments, f"{shown}[]")
    return found


_MARK = "\ue000{}\ue001"
_MARKED = lazy_regex("\ue000(\\d+)\ue001")


def from_json(text: Possible, path: Path) -> Possible:
    """What texts of JSON hold at a path, as `JSON.parse` gives it."""
    return unite(_from_json(each, path) for each in text)


def _from_json(each: Possibility, path: Path) -> Possible:
    content = each.content
    if isinstance(content, Hole):
        return (each,)
    parts = content.parts if isinstance(content, Template) else (content if isinstance(content, str) else "",)
    holes = [part for part in parts if isinstance(part, Hole)]
    numbers = iter(range(len(holes)))
    written = "".join(part if isinstance(part, str) else _MARK.format(next(numbers)) for part in parts)
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return (replace(each, content=Hole("the text is not JSON")),)
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key is not None and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif key is None:
            return (replace(each, content=Hole("the item taken from JSON cannot be told")),)
        else:
            return ()
    if not isinstance(value, str | int | float | bool):
        return (replace(each, content=Hole("a list or map stands where a text is expected")),)
    return (replace(each, content=_unmarked(value, holes) if isinstance(value, str) else value),)


def _unmarked(text: str, holes: list[Hole]) -> str | Template | Hole:
    pieces = _MARKED.split(text)
    parts: list[str | Hole] = []
    for position, piece in enumerate(pieces):
        if position % 2:
            parts.append(holes[int(piece)] if int(piece) < len(holes) else Hole("the text is not followed"))
        elif piece:
            parts.append(piece)
    if not any(isinstance(part, Hole) for part in parts):
        return text
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Hole) else Template(tuple(parts))


def joined(folder: str, *parts: str) -> str | None:
    """A path of the scan put together from a folder and parts; None where it leads out of it."""
    path = posixpath.normpath(posixpath.join(folder, *parts))
    return None if path.startswith("..") else path.removeprefix("./")
