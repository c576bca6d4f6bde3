"""From a sink to its routes: one per carrier that is filled, and per owner of the environment it is read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Kind, Location, ModelReference, Unknown
from routelint.parse.python import carriers, details
from routelint.parse.python.carriers import Carried
from routelint.parse.python.scopes import last_name
from routelint.parse.python.sinks import Sink, statement_span, symbol_of
from routelint.parse.python.stand_ins import Models
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.values import Raised, join
from routelint.parse.python.versions import Defaults
from routelint.parse.route import to_value
from routelint.possible import Possible
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

_LANGUAGE = "python"
# A model that an argument may hold so many steps down, where none of the argument can be told: what stands deeper is an option
# of an option, such as the model that reranks what `retrieve(**request)` finds, and most calls leave it out.
_MOST_DOUBTED = 3


class References:
    """Makes the routes of sinks."""

    def __init__(self, evaluator: Evaluator, index: SurfaceIndex, defaults: Defaults) -> None:
        self._evaluator = evaluator
        self._models = Models(evaluator, index)
        self._defaults = defaults

    def of(self, sink: Sink) -> list[ModelReference]:
        """The routes of a sink: one per carrier that is filled, and per owner of the environment it is read from."""
        self._evaluator.for_owner(None)
        self._evaluator.owners.clear()
        found = self._routes(sink)
        owners = sorted(self._evaluator.owners)
        if len(owners) < 2:
            return found
        several: list[ModelReference] = []
        for owner in owners:
            self._evaluator.for_owner(owner)
            several.extend(replace(reference, root=owner) for reference in self._routes(sink))
        self._evaluator.for_owner(None)
        alike = {(each.location, each.value) for each in several}
        return found if len(alike) == len(found) else several

    def _routes(self, sink: Sink) -> list[ModelReference]:
        beaten: set[str] = set()
        certain: list[ModelReference] = []
        doubtful: list[tuple[int, ModelReference]] = []
        omitted: list[Surface] = []
        for row in sorted(sink.rows, key=lambda row: row.beats is None):
            if row.carrier in beaten or row.kind is None:
                continue
            places = carriers.carried(self._evaluator, row, sink.place.call, sink.site, sink.shift)
            places = [each for each in places if not _is_absent(each, row)]
            if not places:
                omitted.append(row)
                continue
            if row.beats is not None and not all(each.early for each in places):
                beaten.add(row.beats)
            for each in places:
                reference = self._reference(sink, row, each)
                if reference is None:
                    continue
                if each.early and not reference.choices:
                    depth = len(carriers.steps(row.carrier))
                    if depth <= _MOST_DOUBTED:
                        doubtful.append((depth, reference))
                else:
                    certain.append(reference)
        if certain:
            return certain
        if doubtful:
            return [min(doubtful, key=lambda each: each[0])[1]]
        for row in omitted:
            if row.default is not None and row.carrier not in beaten:
                return [self._implicit(sink, row)]
        return []

    def _reference(self, sink: Sink, row: Surface, place: Carried) -> ModelReference | None:
        value = place.value
        if row.reads == "object":
            value = self._models.in_scope(value, sink.place.call, sink.site)
        if row.default is not None:
            value = self._with_default(value, row, sink)
        # Where the program would raise an exception it does not call.
        value = tuple(each for each in value if not isinstance(each.content, Raised)) or value
        models, elsewhere = self._models.of(value, row)
        if not models:
            return None
        told = to_value(models, bedrock_only=row.bedrock_only)
        if told is None or (elsewhere and isinstance(told, Unknown)):
            return None
        assert row.kind is not None
        location = Location(place.site.scope.module.path, place.site.scope.module.span(place.node), self._symbol(sink, row))
        return self._made(sink, row, row.kind, told, location)

    def _with_default(self, value: Possible, row: Surface, sink: Sink) -> Possible:
        """A carrier that may be None takes the library's default then."""
        if not any(each.content is None for each in value) or row.default is None:
            return value
        default = self._defaults.value(row.default, sink.site.scope.module.path, details.region(self._evaluator, sink))
        return join(
            [
                tuple(replace(one, trail=(*each.trail, *one.trail)) for one in default) if each.content is None else (each,)
                for each in value
            ]
        )

    def _implicit(self, sink: Sink, row: Surface) -> ModelReference:
        assert row.default is not None
        module = sink.site.scope.module
        value = to_value(self._defaults.value(row.default, module.path, details.region(self._evaluator, sink)))
        assert value is not None
        location = Location(module.path, module.span(sink.place.call.func), self._symbol(sink, row))
        return self._made(sink, row, Kind.IMPLICIT, value, location)

    def _made(self, sink: Sink, row: Surface, kind: Kind, value: object, location: Location) -> ModelReference:
        return ModelReference(
            location=location,
            language=_LANGUAGE,
            kind=kind,
            sink=f"{row.symbol}.{row.carrier}",
            value=value,  # type: ignore[arg-type]
            statement=statement_span(sink.place),
            region=details.region(self._evaluator, sink),
            tags=details.tags(self._evaluator, sink, row),
            settings=details.settings(self._evaluator, sink, row),
        )

    def _symbol(self, sink: Sink, row: Surface) -> str:
        scope = sink.place.scope
        name = last_name(sink.place.call.func) or row.symbol.rpartition(".")[2]
        return f"{symbol_of(scope)}/{name}.{row.carrier}"


def _is_absent(place: Carried, row: Surface) -> bool:
    """Whether a carrier is passed but always None, which is the same as left out."""
    return row.default is not None and bool(place.value) and all(each.content is None for each in place.value)


def numbered(references: Sequence[ModelReference]) -> list[ModelReference]:
    """The routes with symbols made unique: the second of a name in a file gets `#2`."""
    seen: dict[tuple[str, str, str], int] = {}
    result = []
    for reference in references:
        key = (reference.location.path, reference.location.symbol, reference.root)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            symbol = f"{reference.location.symbol}#{seen[key]}"
            reference = replace(reference, location=replace(reference.location, symbol=symbol))
        result.append(reference)
    return result
