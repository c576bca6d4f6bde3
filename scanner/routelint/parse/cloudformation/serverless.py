"""Serverless Framework files as the templates they become: functions, what the provider shares, and `${self:...}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence

MOST_DEPTH = 32
MOST_NODES = 100_000
# Variables may lead to variables, and hold others.
MOST_STEPS = 8
MOST_VARIABLES = 16
LONGEST = 10_000
_VARIABLE = re.compile(r"\$\{\s*((?:self|opt|env|param|file|ssm|cf|sls|aws|s3|git|strToBool)\b[:(][^${}]{0,500}?)\s*\}")
_FALLBACK = re.compile(r",\s*(?=(?:[^']*'[^']*')*[^']*$)(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


def is_service(root: Mapping) -> bool:
    """Whether a document is a file of the Serverless Framework."""
    return "service" in root.entries and isinstance(root.get("provider"), Mapping)


def as_template(root: Mapping) -> Mapping:
    """The template that a service becomes; its variables are parameters, whose defaults stand where they are set."""
    service = _Service(root)
    provider = root.get("provider")
    assert isinstance(provider, Mapping)
    outer = root.get("resources")
    own = outer.get("Resources") if isinstance(outer, Mapping) else None
    resources = dict(own.entries) if isinstance(own, Mapping) else {}
    functions = root.get("functions")
    for entry in functions.entries.values() if isinstance(functions, Mapping) else ():
        if isinstance(entry.value, Mapping):
            resources.setdefault(entry.key.text, Entry(entry.key, _function(entry.value)))
    statements = _statements(provider)
    if statements is not None:
        policy = _map(provider, PolicyDocument=_map(provider, Statement=statements))
        body = _map(provider, Type=_text(provider, "AWS::IAM::Policy"), Properties=policy)
        resources.setdefault("provider", Entry(_text(statements, "provider"), body))
    sections: dict[str, Node] = {"Resources": service.filled(replace(root, entries=resources))}
    for name in ("Conditions", "Outputs", "Mappings"):
        section = outer.get(name) if isinstance(outer, Mapping) else None
        if section is not None:
            sections[name] = service.filled(section)
    variables = provider.get("environment")
    if isinstance(variables, Mapping):
        shared = _map(provider, Environment=_map(variables, Variables=service.filled(variables)))
        sections["Globals"] = _map(provider, Function=shared)
    sections["Parameters"] = replace(root, entries=service.parameters)
    return _map(root, **sections)


def _function(body: Mapping) -> Mapping:
    """A function as SAM writes it."""
    entries = dict(body.entries)
    properties: dict[str, Node] = {"CodeUri": _text(body, ".")}
    if "handler" in entries:
        properties["Handler"] = entries["handler"].value
    if "environment" in entries:
        properties["Environment"] = _map(body, Variables=entries["environment"].value)
    if "tags" in entries:
        properties["Tags"] = entries["tags"].value
    for name in ("iamRoleStatements", "role"):
        if name in entries and isinstance(entries[name].value, Sequence):
            properties["Policies"] = _map(body, Statement=entries[name].value)
    return _map(body, Type=_text(body, "AWS::Serverless::Function"), Properties=_map(body, **properties))


def _statements(provider: Mapping) -> Node | None:
    """What the provider lets every function do."""
    node: Node | None = provider
    for step in ("iam", "role", "statements"):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node if node is not None else provider.get("iamRoleStatements")


def _is_inside(text: str, position: int) -> bool:
    """Whether a position lies inside `${` that is not closed yet."""
    return text.count("${", 0, position) > text.count("}", 0, position)


def _map(near: Node, **entries: Node) -> Mapping:
    pairs = {name: Entry(_text(value, name), value) for name, value in entries.items()}
    return Mapping(pairs, near.source, near.start, near.end)


def _text(near: Node, text: str) -> Scalar:
    return Scalar(text, near.source, near.start, near.end)


@dataclass(eq=False)
class _Service:
    """One file, the parameters that its variables become, and which variable took the short name of each."""

    root: Mapping
    parameters: dict[str, Entry] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    nodes: int = 0

    def filled(self, node: Node, depth: int = 0) -> Node:
        """A node with its variables as `Fn::Sub` writes parameters."""
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            return node
        match node:
            case Scalar():
                text = self._rewritten(node)
                return node if text is None else replace(node, text=text, tag=node.tag or "Sub", plain=False)
            case Sequence():
                return replace(node, items=tuple(self.filled(item, depth + 1) for item in node.items))
            case Mapping():
                entries = {}
                for key, entry in node.entries.items():
                    value = self.filled(entry.value, depth + 1)
                    if key == "Fn::Sub" and isinstance(value, Scalar):
                        value = replace(value, tag=None)
                    entries[key] = Entry(entry.key, value)
                return replace(node, entries=entries)

    def _rewritten(self, node: Scalar) -> str | None:
        """The text of a scalar with parameters for variables; None where it has none."""
        if "${" not in node.text or not _VARIABLE.search(node.text):
            return None
        text = self._inside_out(node, 0)
        return _VARIABLE.sub(lambda match: "${" + self._parameter(match[1], node) + "}", text)

    def _inside_out(self, node: Scalar, depth: int) -> str:
        """The text with the variables inside other variables replaced by what they are, or by their names."""
        text = node.text
        for _ in range(MOST_VARIABLES):
            inner = next((match for match in _VARIABLE.finditer(text) if _is_inside(text, match.start())), None)
            if inner is None or len(text) > LONGEST:
                break
            value = self._value(inner[1], node, depth + 1)
            text = text[: inner.start()] + (value.text if value is not None else inner[1]) + text[inner.end() :]
        return text

    def _parameter(self, variable: str, node: Scalar) -> str:
        """The name of the parameter for a variable; a dot in it would ask for an attribute of a resource."""
        short = _FALLBACK.split(variable)[0].strip().replace(".", "/")
        name = short if self.variables.setdefault(short, variable) == variable else variable.replace(".", "/")
        if name not in self.parameters:
            default = self._value(variable, node, 0)
            body = _map(node, Type=_text(node, "String"), **({"Default": default} if default is not None else {}))
            self.parameters[name] = Entry(_text(node, name), body)
        return name

    def _value(self, variable: str, node: Scalar, depth: int) -> Scalar | None:
        """The scalar that a variable stands for: the first of its alternatives that the file itself sets."""
        self.nodes += 1
        if depth > MOST_STEPS or self.nodes > MOST_NODES:
            return None
        for part in _FALLBACK.split(variable):
            found = self._source(part.strip(), node)
            if found is None:
                continue
            if "${" not in found.text:
                return found
            whole = _VARIABLE.fullmatch(self._inside_out(found, depth))
            inner = self._value(whole[1], found, depth + 1) if whole is not None else None
            if inner is not None:
                return inner
        return None

    def _source(self, source: str, node: Scalar) -> Scalar | None:
        if len(source) > 1 and source[0] == source[-1] and source[0] in "'\"":
            return _text(node, source[1:-1])
        kind, _, path = source.partition(":")
        match kind:
            case "self":
                return self._at(path.split("."))
            case "param":
                return self._at(["params", "default", path])
            case "sls" if path == "stage":
                return self._at(["provider", "stage"]) or _text(node, "dev")
            case _:
                return None

    def _at(self, steps: list[str]) -> Scalar | None:
        node: Node | None = self.root
        for step in steps[:MOST_DEPTH]:
            if isinstance(node, Mapping):
                node = node.get(step)
            elif isinstance(node, Sequence) and step.isdigit() and len(step) < 6 and int(step) < len(node.items):
                node = node.items[int(step)]
            else:
                return None
        return node if isinstance(node, Scalar) and node.tag is None and not node.is_null else None
