"""What else a call says beside the model: the region, the caps, and the tags of what it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Tags, Unknown
from routelint.parse.python import carriers
from routelint.parse.python.scopes import argument_node, dotted
from routelint.parse.python.shape import shape
from routelint.parse.python.sinks import Sink
from routelint.parse.python.values import NOTHING, join, sole_text
from routelint.possible import Content, Hole, Items, Possible, Record, text_of
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Arguments that set where a client or framework object sends its requests.
_REGION_ARGUMENTS = ("region_name", "aws_region", "region", "aws_region_name")


def region(evaluator: Evaluator, sink: Sink) -> str | None:
    """The region a call or the object it is a method of names; None where it is not told."""
    origin = sink.origin
    sources = [(sink.place.call, sink.site)]
    if origin is not None and origin.call is not None and origin.site is not None:
        sources.append((origin.call, origin.site))
    for call, site in sources:
        node = argument_node(call, None, *_REGION_ARGUMENTS)
        if node is not None:
            return sole_text(evaluator.ask(node, site))
    return None


def settings(evaluator: Evaluator, sink: Sink, row: Surface) -> dict[str, str]:
    """What a call says of caps, temperature and service tier, by the names that `ModelReference.settings` has."""
    found: dict[str, str] = {}
    wanted = [("max_output_tokens", cap) for cap in row.caps]
    wanted += [("temperature", cap.rpartition(".")[0] + ".temperature" if "." in cap else "temperature") for cap in row.caps]
    wanted += [("service_tier", name) for name in ("serviceTier.type", "service_tier", "performanceConfig.latency")]
    for name, carrier in wanted:
        if name in found:
            continue
        probe = replace(row, carrier=carrier, position=None)
        for place in carriers.carried(evaluator, probe, sink.place.call, sink.site):
            if len(place.value) == 1 and isinstance(place.value[0].content, str | int | float):
                found[name] = text_of(place.value[0].content)
    return shape(evaluator, sink, row) | found


def tags(evaluator: Evaluator, sink: Sink, row: Surface) -> Tags | None:
    """The tags a call gives to what it makes; None where it cannot be tagged."""
    if row.tags is None:
        return None
    probe = replace(row, carrier=row.tag_carrier or "tags", position=None)
    places = carriers.carried(evaluator, probe, sink.place.call, sink.site)
    if not places:
        return Tags({}, _tags_elsewhere(evaluator, sink))
    entries: dict[str, str | Unknown] = {}
    rest: Unknown | None = None
    for place in places:
        for each in place.value:
            inner, gap = _tag_entries(evaluator, each.content)
            entries.update(inner)
            rest = rest or gap
    return Tags(entries, rest or _tags_elsewhere(evaluator, sink))


def _tags_elsewhere(evaluator: Evaluator, sink: Sink) -> Unknown | None:
    module = sink.site.scope.module
    if any(dotted(each.call.func) in ("Tags.of", "cdk.Tags.of", "core.Tags.of") for each in module.calls_by_name.get("of", ())):
        return Unknown("Tags.of(...) may add tags to the construct")
    return None


def _tag_entries(evaluator: Evaluator, content: Content) -> tuple[dict[str, str | Unknown], Unknown | None]:
    entries: dict[str, str | Unknown] = {}
    match content:
        case Record(records, rest):
            for key, value in records.items():
                entries[key] = _tag_text(value)
            return entries, Unknown(rest.reason) if rest is not None else None
        case Items(items, rest):
            gap = Unknown(rest.reason) if rest is not None else None
            for item in items:
                if (text := sole_text(_tag_part(evaluator, item, "key"))) is not None:
                    entries[text] = _tag_text(_tag_part(evaluator, item, "value"))
                else:
                    gap = gap or Unknown("a tag whose key cannot be told")
            return entries, gap
        case Hole(reason):
            return {}, Unknown(reason)
    return {}, None


def _tag_part(evaluator: Evaluator, item: Possible, name: str) -> Possible:
    found = []
    for each in item:
        for spelling in (name, name.capitalize()):
            inner, _ = carriers.evaluator_step(evaluator, each, (spelling,))
            found.append(inner)
    return join(found) or NOTHING


def _tag_text(value: Possible) -> str | Unknown:
    if len(value) == 1:
        content = value[0].content
        if isinstance(content, str | int | float | bool):
            return text_of(content)
        if isinstance(content, Hole):
            return Unknown(content.reason)
    return Unknown("the value has several possibilities" if value else "the value cannot be told")
