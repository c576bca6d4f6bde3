"""Serverless Framework files as the templates they become: functions, what the provider shares, and their variables."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Hop, Resolution
from routelint.parse.cloudformation.interpolation import STAGE, Variables, condition
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence, location, text_at
from routelint.parse.cloudformation.scenario import Scenario
from routelint.possible import Possible, known, unknown
from routelint.source import SourceText


def is_service(root: Mapping) -> bool:
    """Whether a document is a service of the Serverless Framework on AWS."""
    provider = root.get("provider")
    if "service" not in root.entries or not isinstance(provider, Mapping):
        return False
    return text_at(provider.get("name")) == "aws" or text_at(provider.get("name")) is None


def as_template(variables: Variables) -> Mapping:
    """The template that a service becomes; the stage is a parameter of it, with a condition for each that is provided for."""
    root = variables.filled(variables.root)
    provider = root.get("provider") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(provider, Mapping):
        return variables.root
    outer = list(_maps(root.get("resources")))
    sections: dict[str, Node] = {}
    for name in ("Parameters", "Conditions", "Outputs", "Mappings"):
        entries = {key: entry for each in outer for key, entry in _section(each, name).items()}
        sections[name] = _replaced(root, entries)
    resources = {key: entry for each in outer for key, entry in _section(each, "Resources").items()}
    for functions in _maps(root.get("functions")):
        for key, entry in functions.entries.items():
            if isinstance(entry.value, Mapping):
                resources.setdefault(key, Entry(entry.key, _function(entry.value, provider)))
    for key, entry in _section(root.get("stepFunctions"), "stateMachines").items():
        if isinstance(entry.value, Mapping) and (definition := entry.value.get("definition")) is not None:
            body = _map(entry.value, Definition=definition)
            resources.setdefault(key, Entry(entry.key, _resource(entry.value, "AWS::StepFunctions::StateMachine", body)))
    statements = _statements(provider)
    if statements is not None:
        policy = _map(provider, PolicyDocument=_map(provider, Statement=statements))
        resources.setdefault("provider", Entry(_text(statements, "provider"), _resource(provider, "AWS::IAM::Policy", policy)))
    sections["Resources"] = _replaced(root, resources)
    sections["Globals"] = _map(provider, Function=_shared(provider))
    _add_stages(variables, sections)
    return _map(root, **sections)


def _add_stages(variables: Variables, sections: dict[str, Node]) -> None:
    parameters, conditions = sections["Parameters"], sections["Conditions"]
    if not variables.stages or not isinstance(parameters, Mapping) or not isinstance(conditions, Mapping):
        return
    default = variables.default
    values = tuple(_text(key, stage) for stage, key in variables.stages.items())
    body: dict[str, Node] = {"Type": _text(default, "String"), "Default": default}
    if len(values) > 1:
        body["AllowedValues"] = Sequence(values, *_place(default))
    parameter = Entry(_text(default, STAGE), _map(default, **body))
    sections["Parameters"] = _replaced(parameters, {**parameters.entries, STAGE: parameter})
    asked = {
        condition(value.text): Entry(
            _text(value, condition(value.text)),
            Sequence((Scalar(STAGE, *_place(value), "Ref"), value), *_place(value), "Equals"),
        )
        for value in values
    }
    sections["Conditions"] = _replaced(conditions, {**conditions.entries, **asked})


def _function(body: Mapping, provider: Mapping) -> Mapping:
    """A function as SAM writes it."""
    entries = dict(body.entries)
    module = text_at(body.get("module"))
    properties: dict[str, Node] = {"CodeUri": _text(body, module or _image_folder(body, provider) or ".")}
    if "handler" in entries:
        properties["Handler"] = entries["handler"].value
    variables = _inherited(provider.get("environment"), body.get("environment"))
    if variables is not None:
        properties["Environment"] = _map(body, Variables=variables)
    if "tags" in entries:
        properties["Tags"] = entries["tags"].value
    for name in ("iamRoleStatements", "role"):
        if name in entries and isinstance(entries[name].value, Sequence):
            properties["Policies"] = _map(body, Statement=entries[name].value)
    return _resource(body, "AWS::Serverless::Function", _map(body, **properties))


def _inherited(shared: Node | None, own: Node | None) -> Node | None:
    """The variables of a function: those of the provider, and its own, in every branch that a stage chooses."""
    if isinstance(own, Mapping) and isinstance(shared, Mapping):
        return _replaced(own, {**shared.entries, **own.entries})
    for chosen, is_shared in ((own, False), (shared, True)):
        if isinstance(chosen, Sequence) and chosen.tag == "If" and len(chosen.items) == 3:
            name, *branches = chosen.items
            merged = [_inherited(each, own) if is_shared else _inherited(shared, each) for each in branches]
            return Sequence((name, *(each for each in merged if each is not None)), *_place(chosen), "If")
    return own if own is not None else shared


def _image_folder(body: Mapping, provider: Mapping) -> str | None:
    """The folder that the image of a function is built from."""
    image = body.get("image")
    name = text_at(image.get("name") if isinstance(image, Mapping) else image)
    built = _section(provider.get("ecr"), "images").get(name or "")
    if built is None:
        return None
    return text_at(built.value.get("path") if isinstance(built.value, Mapping) else built.value)


def _shared(provider: Mapping) -> Mapping:
    """What every function takes over from the provider."""
    tags = provider.get("tags")
    return _map(provider, Tags=tags) if isinstance(tags, Mapping) else _map(provider)


def deployment(variables: Variables) -> Scenario | None:
    """What the service itself says of its deployments: the tags of the stack and the region; None where it says neither."""
    provider = variables.root.get("provider")
    tags = {key: _said(entry.value, f"stack tag {key}") for key, entry in _section(provider, "stackTags").items()}
    region = provider.get("region") if isinstance(provider, Mapping) else None
    told = region if isinstance(region, Scalar) and "${" not in region.text and text_at(region) else None
    if not tags and told is None:
        return None
    return Scenario("service", tags=tags, region=_said(told, "region of the service") if told is not None else None)


def _said(node: Node, note: str) -> Possible:
    text = text_at(node)
    if text is None or "${" in text:
        return unknown("it is told only where the service is deployed", trail=(Hop(location(node), note),))
    return known(text, Resolution.CONSTANT, (Hop(location(node), note),))


def _statements(provider: Mapping) -> Node | None:
    """What the provider lets every function do."""
    node: Node | None = provider
    for step in ("iam", "role", "statements"):
        node = node.get(step) if isinstance(node, Mapping) else None
    return node if node is not None else provider.get("iamRoleStatements")


def _maps(node: Node | None) -> Iterator[Mapping]:
    """A mapping, or the mappings of a list of them."""
    for each in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(each, Mapping):
            yield each


def _section(node: Node | None, name: str) -> dict[str, Entry]:
    section = node.get(name) if isinstance(node, Mapping) else None
    return dict(section.entries) if isinstance(section, Mapping) else {}


def _resource(near: Node, kind: str, properties: Node) -> Mapping:
    return _map(near, Type=_text(near, kind), Properties=properties)


def _replaced(near: Node, entries: dict[str, Entry]) -> Mapping:
    return Mapping(entries, *_place(near))


def _map(near: Node, **entries: Node) -> Mapping:
    return _replaced(near, {name: Entry(_text(value, name), value) for name, value in entries.items()})


def _place(node: Node) -> tuple[SourceText, int, int]:
    return node.source, node.start, node.end


def _text(near: Node, text: str) -> Scalar:
    return Scalar(text, *_place(near))
