"""Plans as `terraform show -json` prints them: everything is resolved, what is not is known only after apply."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Evidence, ScanError
from routelint.parse.terraform import json_syntax
from routelint.parse.terraform.json_syntax import Wanted
from routelint.parse.terraform.module import Folder
from routelint.parse.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    Invalid,
    Literal,
    ObjectNode,
    Place,
    Ready,
    ReadyBody,
    TupleNode,
    fields,
    literal_text,
)
from routelint.parse.terraform.project import Project, folder_of
from routelint.parse.terraform.varfiles import ENVIRONMENT_VARIABLES

MOST_RESOURCES = 20_000
MOST_MODULES = 2_000

# A plan says everything four times: what is not read of it is not held either.
_MODULE: dict[str, Wanted | None] = {"resources": dict.fromkeys(("address", "mode", "type", "name", "values"))}
_MODULE["child_modules"] = _MODULE
_PLAN: Wanted = {
    "planned_values": {"root_module": _MODULE},
    "prior_state": {"values": {"root_module": _MODULE}},
    "resource_changes": {"address": None, "change": {"after_unknown": None}},
    "variables": {name: {"value": None} for name in ENVIRONMENT_VARIABLES},
}


def is_plan_path(path: str) -> bool:
    """Whether a file of the unit is a plan: JSON that is neither configuration nor variables."""
    return path.endswith(".json") and not path.endswith((".tf.json", ".tofu.json", ".tfvars.json"))


def folder(project: Project, path: str) -> tuple[Folder, tuple[Evidence, ...]]:
    """The resources a plan makes, each an own declaration, and the environment its variables name."""
    declared = Folder(folder_of(path))
    text = project.text(path)
    if text is None:
        return declared, ()
    document, errors = json_syntax.parse_document(path, text, templates=False, wanted=_PLAN, room=project.room)
    project.errors.extend(errors)
    if not isinstance(document, ObjectNode):
        return declared, ()
    top = fields(document)
    unknowns = _after_unknown(top.get("resource_changes"))
    for root in (_at(top.get("planned_values"), "root_module"), _at(top.get("prior_state"), "values", "root_module")):
        for resource in _resources(project, path, root):
            block = _block(resource, unknowns)
            if block is not None and (block.type == "data" or root is _at(top.get("planned_values"), "root_module")):
                declared.managed.append(block)
    return declared, tuple(_evidence(top.get("variables")))


def _at(expression: Expression | None, *names: str) -> Expression | None:
    for name in names:
        expression = fields(expression).get(name) if isinstance(expression, ObjectNode) else None
    return expression


def _resources(project: Project, path: str, root: Expression | None) -> Iterator[ObjectNode]:
    """Every resource of a module and of the modules below it, as far as there are not too many, which is an error."""
    pending = [root]
    modules = resources = 0
    while pending and modules < MOST_MODULES:
        module = pending.pop(0)
        modules += 1
        listed = _at(module, "resources")
        for item in listed.items if isinstance(listed, TupleNode) else ():
            resources += 1
            if isinstance(item, ObjectNode) and resources <= MOST_RESOURCES:
                yield item
        children = _at(module, "child_modules")
        pending.extend(children.items if isinstance(children, TupleNode) else ())
    if pending or resources > MOST_RESOURCES:
        most = f"{MOST_RESOURCES:,} resources" if resources > MOST_RESOURCES else f"{MOST_MODULES:,} modules"
        project.errors.append(ScanError(path, f"has more than {most}: the rest is not looked at"))


def _after_unknown(changes: Expression | None) -> dict[str, ObjectNode]:
    """Address -> what of the resource is known only after apply."""
    found: dict[str, ObjectNode] = {}
    for item in changes.items if isinstance(changes, TupleNode) else ():
        address = literal_text(_at(item, "address") or item)
        unknown = _at(item, "change", "after_unknown")
        if address is not None and isinstance(unknown, ObjectNode):
            found[address] = unknown
    return found


def _block(resource: ObjectNode, unknowns: dict[str, ObjectNode]) -> Block | None:
    given = fields(resource)
    mode, kind, address = (literal_text(given[name]) if name in given else None for name in ("mode", "type", "address"))
    values = given.get("values")
    if kind is None or address is None or not isinstance(values, ObjectNode):
        return None
    body = Body()
    for name, value in fields(values).items():
        body.attributes[name] = Attribute(name, value.place, Ready(value))
    tags = body.attributes.get("tags_all")
    if tags is not None and isinstance(tags.expression, ObjectNode):
        # What the provider adds is in `tags_all`; `tags` are the resource's own.
        body.attributes["tags"] = Attribute("tags", tags.place, Ready(tags.expression))
    if address in unknowns:
        _add_unknown(body, unknowns[address], given["address"].place)
    local_name = literal_text(given["name"]) if "name" in given else None
    place = given["address"].place
    return Block(
        "data" if mode == "data" else "resource", (kind, local_name or address), resource.place, ReadyBody(body), place, address
    )


def _add_unknown(body: Body, unknown: ObjectNode, place: Place) -> None:
    """Attributes that only apply can tell, with that as their reason."""
    for name, value in fields(unknown).items():
        if isinstance(value, Literal) and value.value is True and name not in body.attributes:
            body.attributes[name] = Attribute(name, place, Ready(Invalid(place, f"{name} is known only after apply")))


def _evidence(variables: Expression | None) -> Iterator[Evidence]:
    for name in sorted(ENVIRONMENT_VARIABLES):
        value = _at(variables, name, "value")
        text = literal_text(value) if value is not None else None
        if text and value is not None:
            yield Evidence(text, f"the plan sets {name}", value.place.location())
