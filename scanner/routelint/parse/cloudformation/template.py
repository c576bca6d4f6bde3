"""A CloudFormation or SAM template taken apart: parameters, mappings, conditions, resources with what `Globals` gives them."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import field

from routelint.deferred import dataclass, lazy_regex
from routelint.parse.cloudformation import assembly, serverless
from routelint.parse.cloudformation.assembly import Assembly
from routelint.parse.cloudformation.interpolation import Read, Variables
from routelint.parse.cloudformation.naming import ENVIRONMENT_WORDS
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence, text_at
from routelint.source import SourceText

MOST_ALLOWED_VALUES = 64

_ENVIRONMENT_PARAMETER = lazy_regex(r"(?i)(?:^p|.*[a-z_-])?(?:env|environment|stage)[_-]?(?:name|type|tag|id)?")
_SERVERLESS = "AWS::Serverless::"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as declared."""

    name: str
    key: Scalar
    type: str
    default: Node | None
    allowed: tuple[Scalar, ...]

    @property
    def is_list(self) -> bool:
        """Whether the value is a comma-separated list."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_stored(self) -> bool:
        """Whether what is passed is the name of an SSM parameter that holds the value."""
        return self.type.startswith("AWS::SSM::Parameter::Value")

    @property
    def names_environment(self) -> bool:
        """Whether the parameter says which environment is deployed."""
        values = [scalar.text.lower() for scalar in self.allowed]
        if values and sum(value in ENVIRONMENT_WORDS for value in values) * 2 > len(values) > 1:
            return True
        return _ENVIRONMENT_PARAMETER.fullmatch(self.name) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A resource as declared; `bindings` are the loop variables it was repeated with, `symbol` what names it across edits."""

    name: str
    key: Scalar
    body: Mapping
    type: str
    properties: Node | None
    condition: str | None
    symbol: str
    bindings: MappingOf[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One template of a file.

    `variables` are those of the Serverless Framework, where it is a service; `assembly` is what CDK says beside it.
    """

    path: str
    source: SourceText
    root: Mapping
    parameters: MappingOf[str, Parameter]
    mappings: MappingOf[str, Mapping]
    conditions: MappingOf[str, Node]
    outputs: MappingOf[str, Mapping]
    globals: MappingOf[str, Mapping]
    variables: Variables | None = None
    assembly: Assembly | None = None

    @property
    def resources(self) -> Mapping | None:
        """The resources section as written, loops not yet repeated."""
        return _resources(self.root)

    @property
    def is_fragment(self) -> bool:
        """Whether the document is a part of a template only, which another one includes."""
        return self.resources is self.root


def _resources(root: Mapping) -> Mapping | None:
    """The resources a document declares: in its section, in that of a Serverless Framework file, or at its top."""
    outer = root.get("resources")
    for section in (root.get("Resources"), outer.get("Resources") if isinstance(outer, Mapping) else None):
        if isinstance(section, Mapping):
            return section
    return root if all(isinstance(value, Mapping) for _, value in root.items()) else None


def is_template(root: Node) -> bool:
    """Whether a document is a template, which declares at least one resource with a type, or a service that becomes one."""
    if isinstance(root, Mapping) and serverless.is_service(root):
        return True
    section = _resources(root) if isinstance(root, Mapping) else None
    if section is None:
        return False
    return any(
        key.startswith("Fn::ForEach::") or (isinstance(body, Mapping) and "::" in (text_at(body.get("Type")) or ""))
        for key, body in section.items()
    )


def read(source: SourceText, root: Mapping, read_file: Read = lambda path: None) -> Template:
    """The template that `root` is; `read_file` gives the files that it, or a tool beside it, names."""
    variables = Variables(root, read_file) if serverless.is_service(root) else None
    if variables is not None:
        root = serverless.as_template(variables)
    return Template(
        source.path,
        source,
        root,
        {name: _parameter(name, entry) for name, entry in _section(root, "Parameters").items()},
        {name: entry.value for name, entry in _section(root, "Mappings").items() if isinstance(entry.value, Mapping)},
        {name: entry.value for name, entry in _section(root, "Conditions").items()},
        {name: entry.value for name, entry in _section(root, "Outputs").items() if isinstance(entry.value, Mapping)},
        {name: entry.value for name, entry in _section(root, "Globals").items() if isinstance(entry.value, Mapping)},
        variables,
        assembly.of(source.path, read_file),
    )


def declare(template: Template, name: str, entry: Entry, bindings: MappingOf[str, str]) -> Declared | None:
    """The resource that an entry of the resources section declares; None where it has no type."""
    body = entry.value
    if not isinstance(body, Mapping):
        return None
    kind = text_at(body.get("Type"))
    if kind is None:
        return None
    properties = body.get("Properties")
    if kind.startswith(_SERVERLESS) and (shared := template.globals.get(kind.removeprefix(_SERVERLESS))) is not None:
        properties = merged(shared, properties)
    metadata = body.get("Metadata")
    construct = text_at(metadata.get("aws:cdk:path")) if isinstance(metadata, Mapping) else None
    if construct is None and template.assembly is not None:
        construct = template.assembly.constructs.get(name)
    return Declared(name, entry.key, body, kind, properties, text_at(body.get("Condition")), construct or name, bindings)


def merged(shared: Node, own: Node | None) -> Node:
    """What SAM makes of a global and a resource's own value: maps merge, lists follow one another, else the own one wins."""
    if own is None or (isinstance(own, Scalar) and own.is_null):
        return shared
    if own.tag is not None or shared.tag is not None:
        return own
    if isinstance(own, Mapping) and isinstance(shared, Mapping):
        entries = dict(shared.entries)
        for key, entry in own.entries.items():
            inherited = entries.pop(key, None)
            value = entry.value if inherited is None else merged(inherited.value, entry.value)
            entries[key] = Entry(entry.key, value)
        return Mapping(entries, own.source, own.start, own.end)
    if isinstance(own, Sequence) and isinstance(shared, Sequence):
        return Sequence((*shared.items, *own.items), own.source, own.start, own.end)
    return own


def _section(root: Mapping, name: str) -> MappingOf[str, Entry]:
    section = root.get(name)
    return section.entries if isinstance(section, Mapping) else {}


def _parameter(name: str, entry: Entry) -> Parameter:
    body = entry.value
    if not isinstance(body, Mapping):
        return Parameter(name, entry.key, "String", None, ())
    default = body.get("Default")
    allowed = body.get("AllowedValues")
    values = allowed.items if isinstance(allowed, Sequence) else ()
    return Parameter(
        name,
        entry.key,
        text_at(body.get("Type")) or "String",
        None if isinstance(default, Scalar) and default.is_null and default.text else default,
        tuple(value for value in values[:MOST_ALLOWED_VALUES] if isinstance(value, Scalar)),
    )
