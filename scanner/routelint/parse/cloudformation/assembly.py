"""What the cloud assembly of a CDK app (`cdk.out`) says of a template: constructs, parameters, tags and region of the stack."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import field

from routelint.deferred import dataclass
from routelint.model import Location
from routelint.parse.cloudformation import syntax
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, location, text_at
from routelint.source import SourceText

MANIFEST = "manifest.json"
SUFFIX = ".template.json"
_STACK = "aws:cloudformation:stack"
_LOGICAL_ID = "aws:cdk:logicalId"
_UNKNOWN = "unknown-"

Text = tuple[str, Location]
Read = Callable[[str], SourceText | None]


@dataclass(frozen=True, slots=True)
class Assembly:
    """What is said of one stack; `constructs` maps a logical id to the path of its construct."""

    place: Location
    constructs: MappingOf[str, str] = field(default_factory=dict)
    parameters: MappingOf[str, Text] = field(default_factory=dict)
    tags: MappingOf[str, Text] = field(default_factory=dict)
    region: Text | None = None


def of(path: str, read: Read) -> Assembly | None:
    """What the manifest beside a template says of it; None where there is none, or it does not name the template."""
    if not path.endswith(SUFFIX):
        return None
    folder, _, name = path.rpartition("/")
    root = _root(posixpath.join(folder, MANIFEST), read)
    artifacts = root.get("artifacts") if isinstance(root, Mapping) else None
    for _, artifact in artifacts.items() if isinstance(artifacts, Mapping) else ():
        if not isinstance(artifact, Mapping) or text_at(artifact.get("type")) != _STACK:
            continue
        properties = artifact.get("properties")
        if not isinstance(properties, Mapping) or text_at(properties.get("templateFile")) != name:
            continue
        metadata = artifact.get("metadata")
        extra = text_at(artifact.get("additionalMetadataFile"))
        if metadata is None and extra is not None and "/" not in extra:
            metadata = _root(posixpath.join(folder, extra), read)
        return Assembly(
            location(artifact),
            dict(_constructs(metadata)),
            _texts(properties.get("parameters")),
            _texts(properties.get("tags")),
            _region(artifact.get("environment")),
        )
    return None


def _root(path: str, read: Read) -> Node | None:
    source = read(path)
    roots = syntax.parse(source).roots if source is not None else ()
    return roots[0] if roots else None


def _constructs(metadata: Node | None) -> list[tuple[str, str]]:
    found = []
    for path, entries in metadata.items() if isinstance(metadata, Mapping) else ():
        for entry in entries.items if isinstance(entries, Sequence) else ():
            if isinstance(entry, Mapping) and text_at(entry.get("type")) == _LOGICAL_ID:
                name = text_at(entry.get("data"))
                if name is not None:
                    found.append((name, path.removeprefix("/")))
    return found


def _texts(node: Node | None) -> dict[str, Text]:
    pairs = node.items() if isinstance(node, Mapping) else ()
    return {key: (value.text, location(value)) for key, value in pairs if isinstance(value, Scalar)}


def _region(node: Node | None) -> Text | None:
    """The region of an environment as CDK writes it: `aws://account/region`."""
    if not isinstance(node, Scalar):
        return None
    region = node.text.rpartition("/")[2]
    return None if not region or region.startswith(_UNKNOWN) else (region, location(node))
