"""Calls that choose a model, found by what their callee is, and the routes they make."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routelint.model import Kind, Location, ModelReference, Span, Tags, Unknown
from routelint.parse.python import carriers, changes
from routelint.parse.python.carriers import Carried
from routelint.parse.python.libraries import CLIENT, argument_node
from routelint.parse.python.scopes import CallPlace, Scope, dotted, last_name, shown
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.values import (
    NOTHING,
    Class,
    Function,
    Instance,
    Made,
    Site,
    Symbol,
    join,
    sole_text,
)
from routelint.parse.python.versions import Defaults
from routelint.parse.route import to_value
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    concatenate,
    text_of,
    unknown,
)
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# The arguments of a call that may be a callable it hands the rest of its arguments on to: `partial(client.converse, ...)`,
# `run_in_executor(None, client.converse, ...)`, or a retry written in the repository.
_MOST_HANDED = 3
# Arguments that set where a client or framework object sends its requests.
_REGION_ARGUMENTS = ("region_name", "aws_region", "region", "aws_region_name")
_LANGUAGE = "python"
# Carriers that take the text of an identifier and never an object.
_IDENTIFIER = re.compile(r"(?i)(id|arn|identifier|copy_?from|foundationModel)$")
# `<MODEL_ID>`, `YOUR_MODEL_ID`, `{{model}}`: what somebody has to replace before the code can run.
_PLACEHOLDER = re.compile(r"<[^<>]*>|\{\{[^{}]*\}\}|(?i:your[-_ ].*|replace[-_ ].*|change[-_ ]?me.*|todo.*|xxx+)$")


@dataclass(frozen=True, slots=True, eq=False)
class Sink:
    """A call that is on a surface: the rows, the call, and the object it is a method of."""

    rows: tuple[Surface, ...]
    place: CallPlace
    site: Site
    origin: Made | None = None
    shift: int = 0


class Sinks:
    """Finds the sinks of modules and turns them into routes."""

    def __init__(self, evaluator: Evaluator, index: SurfaceIndex, defaults: Defaults) -> None:
        self._evaluator = evaluator
        self._index = index
        self._defaults = defaults
        # Calls that surfaces know, path by path: what their arguments say has been judged, whether or not it is a route.
        self.judged: dict[str, list[Span]] = defaultdict(list)

    # Finding -----------------------------------------------------------------------------------------------------

    def find(self, module: Module) -> Iterator[Sink]:
        """The sinks of a module, in order."""
        for place in module.calls:
            if self._may_be(module, place.call):
                sink = self._sink(place)
                if sink is not None:
                    yield sink

    def _may_be(self, module: Module, call: ast.Call) -> bool:
        """A cheap look at names, so that most calls are never evaluated."""
        name = last_name(call.func)
        if name in self._index.names or (name == "__init__" and isinstance(call.func, ast.Attribute)):
            return True
        if any(self._is_method(argument) for argument in call.args[:_MOST_HANDED]):
            return True
        if isinstance(call.func, ast.Call):
            return last_name(call.func.func) == "getattr"
        if isinstance(call.func, ast.Name):
            if any(each in self._index.names for each in module.aliases.get(call.func.id, ())):
                return True
            return any(keyword.arg in ("modelId", "model_id", "foundation_model", "modelArn") for keyword in call.keywords)
        return False

    def _sink(self, place: CallPlace) -> Sink | None:
        site = self._place(place)
        call = place.call
        if last_name(call.func) == "__init__":
            return self._super_call(place, site)
        callee = self._evaluator.ask(call.func, site)
        found = self._of(callee, place, site)
        if found is not None:
            return found
        for position, argument in enumerate(call.args[:_MOST_HANDED]):
            if self._is_method(argument):
                handed = self._evaluator.ask(argument, site)
                inner = self._of(handed, place, site) or self._untracked(argument, handed, place, site)
                if inner is not None:
                    return replace(inner, shift=position + 1)
        return self._untracked(call.func, callee, place, site)

    def _is_method(self, argument: ast.expr) -> bool:
        """Whether an argument may be a method or function of a surface that is passed on without being called."""
        return isinstance(argument, ast.Attribute | ast.Name) and last_name(argument) in self._index.names

    def _place(self, place: CallPlace) -> Site:
        sites: list[Site] = []

        def find() -> Possible:
            sites.append(self._evaluator.place(place))
            return unknown("a place")

        self._evaluator.answer(find)
        return sites[0] if sites else self._evaluator.site(place.statement, self._evaluator.frame(place.scope))

    def _of(self, callee: Possible, place: CallPlace, site: Site) -> Sink | None:
        for each in callee:
            rows: tuple[Surface, ...] = ()
            origin: Made | None = None
            match each.content:
                case Symbol(path=path, origin=made):
                    rows, origin = self._index.rows(path), made
                    if path.startswith(f"{CLIENT}?") and not self._fits(rows, place.call, site):
                        rows = ()
                case Class(scope=scope) if scope is not None:
                    rows = self._rows_of_class(scope)
                case Function(scope=scope) if scope is not None and scope.owner is None:
                    rows = self._index.inside(scope.module.name, scope.qualified_name)
            if rows:
                self.judged[site.scope.module.path].append(site.scope.module.span(place.call))
            rows = tuple(row for row in rows if self._holds(row, place.call, site, origin))
            if rows:
                return Sink(rows, place, site, origin)
        return None

    def _rows_of_class(self, scope: Scope) -> tuple[Surface, ...]:
        own = self._index.inside(scope.module.name, scope.qualified_name)
        if own:
            return own
        lineage = self._evaluator.objects.lineage(scope)
        if any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for one in lineage for each in one.block):
            return self._own_class(scope)
        for path in self._evaluator.objects.outside_bases(scope):
            rows = self._index.rows(path)
            if rows:
                # What the subclass sets as a class attribute is not seen at the call: only what the call passes counts.
                return tuple(replace(row, default=None) for row in rows)
        return self._own_class(scope)

    def _own_class(self, scope: Scope) -> tuple[Surface, ...]:
        """A class of the repository called like a framework's: no default is known of it, but what it is passed is told."""
        return tuple(replace(row, symbol=scope.name, default=None) for row in self._index.named(scope.name))

    def _super_call(self, place: CallPlace, site: Site) -> Sink | None:
        owner = place.scope.owner
        if owner is None:
            return None
        for path in self._evaluator.objects.outside_bases(owner):
            rows = tuple(replace(row, default=None) for row in self._index.rows(path))
            if rows:
                return Sink(rows, place, site)
        return None

    def _untracked(self, func: ast.expr, callee: Possible, place: CallPlace, site: Site) -> Sink | None:
        """A method with the name of an operation on something that is not followed: the keywords of the call must tell."""
        if not isinstance(func, ast.Attribute) or func.attr not in self._index.distinctive:
            return None
        if any(isinstance(each.content, Function | Class) for each in callee):
            return None
        rows = self._index.untracked(func.attr)
        return Sink(rows, place, site) if self._fits(rows, place.call, site) else None

    def _fits(self, rows: Sequence[Surface], call: ast.Call, site: Site) -> bool:
        """Whether a call has a keyword of the operation, or a `**` that may hold it."""
        names = {carriers.steps(row.carrier)[0] for row in rows}
        for keyword in call.keywords:
            if keyword.arg in names:
                return True
            if keyword.arg is None:
                for each in self._evaluator.ask(keyword.value, site):
                    match each.content:
                        case Record(entries, rest) if rest is not None or any(name in entries for name in names):
                            return True
                        case Hole():
                            return True
        return False

    def _holds(self, row: Surface, call: ast.Call, site: Site, origin: Made | None) -> bool:
        """Whether the condition of a row is met by the call, or by the call that made the object."""
        if row.when is None:
            return True
        name, _, text = row.when.partition("~")
        for made, where in ((call, site), (origin.call, origin.site) if origin is not None else (None, None)):
            if made is None or where is None:
                continue
            node = argument_node(made, None, name)
            if node is None:
                continue
            if not text:
                return True
            return any(_may_hold(each.content, text) for each in self._evaluator.ask(node, where))
        return False

    # Routes ------------------------------------------------------------------------------------------------------

    def routes(self, sink: Sink) -> list[ModelReference]:
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
                    doubtful.append((len(carriers.steps(row.carrier)), reference))
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
            value = self._in_scope(value, sink.place.call, sink.site)
        if row.default is not None:
            value = self._with_default(value, row, sink)
        models, elsewhere = self._models(value, row)
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
        default = self._defaults.value(row.default, sink.site.scope.module.path, self._region(sink))
        return join(
            [
                tuple(replace(one, trail=(*each.trail, *one.trail)) for one in default) if each.content is None else (each,)
                for each in value
            ]
        )

    def _implicit(self, sink: Sink, row: Surface) -> ModelReference:
        assert row.default is not None
        module = sink.site.scope.module
        value = to_value(self._defaults.value(row.default, module.path, self._region(sink)))
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
            region=self._region(sink),
            tags=self._tags(sink, row),
            settings=self._settings(sink, row),
        )

    def _symbol(self, sink: Sink, row: Surface) -> str:
        scope = sink.place.scope
        name = last_name(sink.place.call.func) or row.symbol.rpartition(".")[2]
        return f"{symbol_of(scope)}/{name}.{row.carrier}"

    # Objects that stand for a model ------------------------------------------------------------------------------

    def _models(self, value: Possible, row: Surface) -> tuple[Possible, bool]:
        """The texts behind objects that stand for a model, and whether an object is a route of its own elsewhere."""
        models: list[Possible] = []
        elsewhere = False
        for each in value:
            match each.content:
                case Made() | Symbol():
                    inner = self._behind(each)
                    if inner is not None:
                        models.append(inner)
                    elif _IDENTIFIER.search(row.carrier):
                        models.append((each,))
                    else:
                        elsewhere = True
                case Instance() as instance:
                    models.append(self._of_instance(each, instance))
                case str(text) if _PLACEHOLDER.match(text.strip()):
                    models.append((replace(each, content=Hole(f"'{text.strip()}' is a placeholder to be filled in")),))
                case str(text) if " " in text.strip():
                    models.append(
                        (replace(each, content=Hole(f"'{text.strip()[:60]}' is a text for people, not an identifier")),)
                    )
                case _:
                    models.append((each,))
        return join(models), elsewhere

    def _behind(self, each: Possibility) -> Possible | None:
        """The model of an outside object; None where the object is a route itself, or no model of Bedrock's."""
        origin = each.content if isinstance(each.content, Made) else None
        if isinstance(each.content, Symbol):
            origin = each.content.origin
        while origin is not None:
            rows = self._index.rows(origin.path.removesuffix("()"))
            for row in rows:
                if row.reads == "object" and origin.call is not None and origin.site is not None:
                    return self._read_object(each, origin, row)
            if rows:
                return None
            name = origin.path.removesuffix("()").rpartition(".")[2]
            if name[:1].isupper() and isinstance(each.content, Made) and origin is each.content:
                return None
            origin = origin.origin
        return (each,)

    def _read_object(self, each: Possibility, made: Made, row: Surface) -> Possible:
        call, site = made.call, made.site
        assert call is not None
        assert site is not None
        values = []
        for place in carriers.carried(self._evaluator, row, call, site):
            inner, _ = self._models(place.value, row)
            values.append(changes.carried(each, inner))
        return self._in_scope(join(values), call, site) or unknown(f"'{shown(call)}' names no model")

    def _in_scope(self, value: Possible, call: ast.Call, site: Site) -> Possible:
        """A model with the scope that the object puts before it, where it puts one."""
        region = argument_node(call, None, "geo_region")
        if region is None or not value:
            return value
        return combine([self._evaluator.ask(region, site), value], lambda parts: concatenate([parts[0], ".", parts[1]]))

    def _of_instance(self, each: Possibility, instance: Instance) -> Possible:
        """The model of an object of the repository: what its own attributes say."""
        for name in ("model_id", "modelId", "model_arn", "model", "model_name"):
            inner = self._evaluator.answer(lambda name=name: self._evaluator.objects.instance_attribute(instance, name))  # type: ignore[misc]
            texts = tuple(one for one in inner if isinstance(one.content, str | Template))
            if texts:
                return changes.carried(each, inner)
        return (each,)

    # What else a call says ---------------------------------------------------------------------------------------

    def _region(self, sink: Sink) -> str | None:
        origin = sink.origin
        sources = [(sink.place.call, sink.site)]
        if origin is not None and origin.call is not None and origin.site is not None:
            sources.append((origin.call, origin.site))
        for call, site in sources:
            node = argument_node(call, None, *_REGION_ARGUMENTS)
            if node is not None:
                return sole_text(self._evaluator.ask(node, site))
        return None

    def _settings(self, sink: Sink, row: Surface) -> dict[str, str]:
        found: dict[str, str] = {}
        wanted = [("max_output_tokens", cap) for cap in row.caps]
        wanted += [
            ("temperature", cap.rpartition(".")[0] + ".temperature" if "." in cap else "temperature") for cap in row.caps
        ]
        wanted += [("service_tier", name) for name in ("serviceTier.type", "service_tier", "performanceConfig.latency")]
        for name, carrier in wanted:
            if name in found:
                continue
            probe = replace(row, carrier=carrier, position=None)
            for place in carriers.carried(self._evaluator, probe, sink.place.call, sink.site):
                if len(place.value) == 1 and isinstance(place.value[0].content, str | int | float):
                    found[name] = text_of(place.value[0].content)
        return found

    def _tags(self, sink: Sink, row: Surface) -> Tags | None:
        if row.tags is None:
            return None
        probe = replace(row, carrier=row.tag_carrier or "tags", position=None)
        places = carriers.carried(self._evaluator, probe, sink.place.call, sink.site)
        if not places:
            return Tags({}, self._tags_elsewhere(sink))
        entries: dict[str, str | Unknown] = {}
        rest: Unknown | None = None
        for place in places:
            for each in place.value:
                inner, gap = self._tag_entries(each.content)
                entries.update(inner)
                rest = rest or gap
        return Tags(entries, rest or self._tags_elsewhere(sink))

    def _tags_elsewhere(self, sink: Sink) -> Unknown | None:
        module = sink.site.scope.module
        if any(
            dotted(each.call.func) in ("Tags.of", "cdk.Tags.of", "core.Tags.of") for each in module.calls_by_name.get("of", ())
        ):
            return Unknown("Tags.of(...) may add tags to the construct")
        return None

    def _tag_entries(self, content: Content) -> tuple[dict[str, str | Unknown], Unknown | None]:
        entries: dict[str, str | Unknown] = {}
        match content:
            case Record(records, rest):
                for key, value in records.items():
                    entries[key] = _tag_text(value)
                return entries, Unknown(rest.reason) if rest is not None else None
            case Items(items, rest):
                gap = Unknown(rest.reason) if rest is not None else None
                for item in items:
                    if (text := sole_text(self._tag_part(item, "key"))) is not None:
                        entries[text] = _tag_text(self._tag_part(item, "value"))
                    else:
                        gap = gap or Unknown("a tag whose key cannot be told")
                return entries, gap
            case Hole(reason):
                return {}, Unknown(reason)
        return {}, None

    def _tag_part(self, item: Possible, name: str) -> Possible:
        found = []
        for each in item:
            for spelling in (name, name.capitalize()):
                inner, _ = carriers.evaluator_step(self._evaluator, each, (spelling,))
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


def _is_absent(place: Carried, row: Surface) -> bool:
    """Whether a carrier is passed but always None, which is the same as left out."""
    return row.default is not None and bool(place.value) and all(each.content is None for each in place.value)


def _may_hold(content: Content, text: str) -> bool:
    match content:
        case str(whole):
            return text in whole
        case Template() as template:
            return text in str(template)
    return False


def statement_span(place: CallPlace) -> Span:
    """The statement of a call; of a compound statement only its head."""
    module = place.scope.module
    whole = module.span(place.statement)
    body = getattr(place.statement, "body", None)
    if isinstance(body, list) and body:
        end = module.span(place.call)
        return Span(whole.start_line, whole.start_column, max(end.end_line, whole.start_line), end.end_column)
    return whole


def symbol_of(scope: Scope) -> str:
    """`package.module:Class.method` of a scope."""
    return f"{scope.module.name}:{scope.qualified_name}" if scope.qualified_name else f"{scope.module.name}:"


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
