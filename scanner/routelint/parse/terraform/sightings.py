"""Gathers what the configurations and instances of one root say about the same place into one reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from routelint import model_id
from routelint.deferred import dataclass
from routelint.model import Evidence, Hop, Kind, Location, ModelReference, Resource, Span, Stated, Tags
from routelint.parse.route import to_value
from routelint.parse.stated import agreeing
from routelint.parse.terraform import tagging, varfiles
from routelint.parse.terraform.values import MOST_HOPS, Failure
from routelint.possible import Hole, Possibility, Possible, Template

LANGUAGE = "terraform"


@dataclass(frozen=True)
class Sighting:
    """A route as one instance of a resource shows it in one configuration.

    One of `last_resort` counts only where no other route passes through its place.
    """

    location: Location
    kind: Kind
    sink: str
    statement: Span
    value: Possible
    tags: Tags | None = None
    bedrock_only: bool = True
    evidence: tuple[Evidence, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    alive: bool = True
    last_resort: bool = False
    region: str | None = None


@dataclass(frozen=True)
class Seen:
    """A resource as one instance shows it in one configuration."""

    location: Location
    type: str
    name: str
    statement: Span
    tags: Tags | None
    evidence: tuple[Evidence, ...] = ()
    alive: bool = True
    attributes: Mapping[str, Stated] = field(default_factory=dict)


@dataclass(frozen=True)
class Gathered:
    """A reference, and whether the configuration of its root brings the resource to life."""

    reference: ModelReference
    alive: bool


@dataclass(frozen=True)
class Listed:
    """A resource, and whether the configuration of its root brings it to life."""

    resource: Resource
    alive: bool


def references(root: str, by_configuration: Mapping[str, Iterable[Sighting]], evidence: tuple[Evidence, ...]) -> list[Gathered]:
    """One reference per place, from the sightings of every configuration (name -> sightings; empty where nothing names it)."""
    groups: dict[tuple[Location, str], dict[str, list[Sighting]]] = {}
    for name, sightings in by_configuration.items():
        for sighting in sightings:
            groups.setdefault((_place(sighting.location), sighting.sink), {}).setdefault(name, []).append(sighting)
    found: list[Gathered] = []
    late: list[Gathered] = []
    for group in groups.values():
        alive = any(sighting.alive for sightings in group.values() for sighting in sightings)
        living = {name: [each for each in sightings if each.alive or not alive] for name, sightings in group.items()}
        reference = _reference(root, {name: each for name, each in living.items() if each}, list(by_configuration), evidence)
        if reference is not None:
            last = next(iter(group.values()))[0].last_resort
            (late if last else found).append(Gathered(reference, alive))
    passed = _passed(found)
    return [*found, *(each for each in late if not _is_passed(each.reference.location, passed))]


def _passed(gathered: Iterable[Gathered]) -> dict[str, list[Span]]:
    """Every place that some route stands in or passes through: path -> spans."""
    places: dict[str, list[Span]] = {}
    for each in gathered:
        reference = each.reference
        trails = [choice.trail for choice in reference.choices]
        if reference.unknown is not None:
            trails.append(reference.unknown.trail)
        for location in (reference.location, *(hop.location for trail in trails for hop in trail)):
            places.setdefault(location.path, []).append(location.span)
    return places


def _is_passed(location: Location, passed: Mapping[str, list[Span]]) -> bool:
    return any(_covers(span, location.span) or _covers(location.span, span) for span in passed.get(location.path, ()))


def _covers(outer: Span, inner: Span) -> bool:
    starts = (outer.start_line, outer.start_column) <= (inner.start_line, inner.start_column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def living_references(gathered: Iterable[Gathered]) -> tuple[ModelReference, ...]:
    """The references without those of roots that leave a resource out which another root makes.

    Where every root leaves it out (a count of 0 by default) it is still a route: somebody may turn it on.
    """
    everyone = list(gathered)
    made = {(_place(each.reference.location), each.reference.sink) for each in everyone if each.alive}
    return tuple(
        each.reference for each in everyone if each.alive or (_place(each.reference.location), each.reference.sink) not in made
    )


def living_resources(listed: Iterable[Listed]) -> tuple[Resource, ...]:
    """The resources without those of roots that leave one out which another root makes."""
    everyone = list(listed)
    made = {each.resource.location for each in everyone if each.alive}
    return tuple(each.resource for each in everyone if each.alive or each.resource.location not in made)


def _place(location: Location) -> Location:
    return replace(location, symbol="")


def _reference(
    root: str, group: Mapping[str, list[Sighting]], names: list[str], evidence: tuple[Evidence, ...]
) -> ModelReference | None:
    first = next(iter(group.values()))[0]
    values = {name: tuple(each for sighting in sightings for each in sighting.value) for name, sightings in group.items()}
    possible = _without_own_place(over_configurations(values, names), first.location)
    value = to_value(_together(_explained(_without_nulls(possible))), bedrock_only=first.bedrock_only)
    if value is None:
        return None
    everyone = [sighting for sightings in group.values() for sighting in sightings]
    tags = [sighting.tags for sighting in everyone if sighting.tags is not None]
    regions = {sighting.region for sighting in everyone}
    proofs = tuple(dict.fromkeys((*(e for sighting in everyone for e in sighting.evidence), *evidence)))
    return ModelReference(
        first.location,
        LANGUAGE,
        first.kind,
        first.sink,
        value,
        first.statement,
        root,
        region=regions.pop() if len(regions) == 1 else None,
        tags=tagging.together(tags) if tags else None,
        settings=first.settings,
        evidence=proofs,
    )


def resources(root: str, by_configuration: Mapping[str, Iterable[Seen]], evidence: tuple[Evidence, ...]) -> list[Listed]:
    """One resource per place, its tags those that every configuration and instance agrees on."""
    groups: dict[Location, list[Seen]] = {}
    for seen in by_configuration.values():
        for each in seen:
            groups.setdefault(each.location, []).append(each)
    found = []
    for location, group in groups.items():
        alive = any(each.alive for each in group)
        living = [each for each in group if each.alive or not alive]
        first = living[0]
        tags = [each.tags for each in living if each.tags is not None]
        proofs = tuple(dict.fromkeys((*(e for each in living for e in each.evidence), *evidence)))
        merged = tagging.together(tags) if tags else None
        resource = Resource(
            location,
            LANGUAGE,
            first.type,
            first.name,
            first.statement,
            root,
            merged,
            proofs,
            attributes=agreeing([each.attributes for each in living]),
        )
        found.append(Listed(resource, alive))
    return found


def over_configurations(values: Mapping[str, Possible], names: list[str]) -> Possible:
    """The values of every configuration as one: what holds in all holds without condition, the rest where it was seen."""
    held: dict[str, tuple[Possibility, list[str]]] = {}
    for name, possibilities in values.items():
        for each in possibilities:
            held.setdefault(repr(each), (each, []))[1].append(name)
    found: list[Possibility] = []
    for each, holds_in in held.values():
        holders = list(dict.fromkeys(holds_in))
        if len(holders) == len(names):
            found.append(each)
            continue
        plain = [varfiles.plain(name) for name in holders]
        named = tuple(name for name in plain if name)
        if named:
            found.append(replace(each, environments=tuple(dict.fromkeys((*each.environments, *named)))))
        if "" in plain:
            found.append(each)
    return tuple(found)


def _without_own_place(possible: Possible, location: Location) -> Possible:
    """The possibilities without hops to the place itself: a literal at the place has no trail."""

    def outside(hop: Hop) -> bool:
        return hop.location.path != location.path or not _covers(location.span, hop.location.span)

    return tuple(replace(each, trail=tuple(hop for hop in each.trail if outside(hop))) for each in possible)


def _without_nulls(possible: Possible) -> Possible:
    """The possibilities that can be applied and are set; where none is, why: null is no model."""
    working = tuple(each for each in possible if not isinstance(each.content, Failure)) or possible
    kept = tuple(each for each in working if each.content is not None)
    if kept:
        return kept
    return tuple(replace(each, content=Hole(_null_reason(each))) for each in possible[:1])


def _together(possible: Possible) -> Possible:
    """Each content once, with the hops of every way it came: two entries of a map may choose the same model."""
    merged: dict[tuple[str, tuple[str, ...]], Possibility] = {}
    for each in possible:
        key = (repr(each.content), each.environments)
        earlier = merged.get(key)
        trail = (*earlier.trail, *each.trail) if earlier is not None else each.trail
        merged[key] = replace(earlier or each, trail=tuple(dict.fromkeys(trail))[:MOST_HOPS])
    return tuple(merged.values())


def _explained(possible: Possible) -> Possible:
    """Texts in which the model itself cannot be told as holes with the reason of that part, not of the region before it."""
    explained = []
    for each in possible:
        content = each.content
        if isinstance(content, Template):
            read = model_id.read(str(content))
            if read is None or "${" in read.base:
                hole = _deciding_hole(content)
                content = Hole(hole.reason, hole.label)
        explained.append(replace(each, content=content))
    return tuple(explained)


def _deciding_hole(template: Template) -> Hole:
    """The first hole behind the resource type of an ARN; of any other text the first one."""
    behind = False
    first: Hole | None = None
    for part in template.parts:
        if isinstance(part, str):
            behind = behind or "/" in part
        elif behind:
            return part
        elif first is None:
            first = part
    assert first is not None
    return first


def _null_reason(possibility: Possibility) -> str:
    for hop in reversed(possibility.trail):
        if hop.note.startswith("default of "):
            return f"no model is set: {hop.note.removeprefix('default of ')} defaults to null"
        if hop.note.startswith("argument of "):
            return f"no model is set: {hop.note.removeprefix('argument of ')} is passed null"
    return "no model is set: the value is null"
