"""Calls that choose a model, found by what their callee is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Span
from routelint.parse.python import carriers
from routelint.parse.python.libraries import CLIENT
from routelint.parse.python.ownership import Ownership
from routelint.parse.python.scopes import CallPlace, Scope, argument_node, last_name
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.values import NOTHING, Class, Function, Made, Site, Symbol
from routelint.possible import Content, Hole, Possible, Record, Template, unknown
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# The arguments of a call that may be a callable it hands the rest of its arguments on to: `partial(client.converse, ...)`,
# `run_in_executor(None, client.converse, ...)`, or a retry written in the repository.
_MOST_HANDED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sink:
    """A call that is on a surface: the rows, the call, and the object it is a method of."""

    rows: tuple[Surface, ...]
    place: CallPlace
    site: Site
    origin: Made | None = None
    shift: int = 0


class Sinks:
    """Finds the sinks of modules."""

    def __init__(self, evaluator: Evaluator, index: SurfaceIndex, ownership: Ownership) -> None:
        self._evaluator = evaluator
        self._index = index
        self._ownership = ownership
        # Calls that surfaces know, path by path: what their arguments say has been judged, whether or not it is a route.
        self.judged: dict[str, list[Span]] = defaultdict(list)

    # Finding -----------------------------------------------------------------------------------------------------

    def find(self, module: Module) -> Iterator[Sink]:
        """The sinks of a module, in order."""
        for place in module.calls:
            sink = self.at(place)
            if sink is not None:
                yield sink

    def at(self, place: CallPlace) -> Sink | None:
        """The sink that a call is; None where it is none.

        Most calls are never evaluated: a cheap look at names tells which may be one, by what they call or by what they hand on.
        """
        called, handed = self._may_be(place.scope.module, place.call), self._handed(place.call)
        return self._sink(place, called, handed) if called or handed else None

    def _may_be(self, module: Module, call: ast.Call) -> bool:
        """Whether what a call calls may be a surface, by its looks."""
        name = last_name(call.func)
        if name in self._index.names or (name == "__init__" and isinstance(call.func, ast.Attribute)):
            return True
        if isinstance(call.func, ast.Call):
            return last_name(call.func.func) == "getattr"
        if isinstance(call.func, ast.Name):
            if any(each in self._index.names for each in module.aliases.get(call.func.id, ())):
                return True
            return any(keyword.arg in ("modelId", "model_id", "foundation_model", "modelArn") for keyword in call.keywords)
        return False

    def _handed(self, call: ast.Call) -> list[int]:
        """The positional arguments that may be methods of surfaces which a call hands the rest of its arguments on to.

        Without a further argument one is looked at (`inspect.signature(Agent)`, `print(response.text)`), not called.
        """
        found = [position for position, each in enumerate(call.args[:_MOST_HANDED]) if self._is_method(each)]
        return [position for position in found if len(call.args) > position + 1 or call.keywords]

    def _sink(self, place: CallPlace, called: bool, handed: Sequence[int]) -> Sink | None:
        site = self._place(place)
        call = place.call
        if last_name(call.func) == "__init__":
            return self._super_call(place, site)
        callee = self._evaluator.ask(call.func, site) if called else NOTHING
        found = self._of(callee, place, site)
        if found is not None:
            return found
        for position in handed:
            argument = call.args[position]
            value = self._evaluator.ask(argument, site)
            inner = self._of(value, place, site) or self._untracked(argument, value, place, site)
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
                case Function(scope=scope, stands_for=named) if scope is not None and (named or scope).owner is None:
                    function = named or scope
                    rows = self._inside(function)
            if rows:
                self.judged[site.scope.module.path].append(site.scope.module.span(place.call))
            rows = tuple(row for row in rows if self._holds(row, place.call, site, origin))
            if rows:
                return Sink(rows, place, site, origin)
        return None

    def _rows_of_class(self, scope: Scope) -> tuple[Surface, ...]:
        own = self._inside(scope)
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

    def _inside(self, scope: Scope) -> tuple[Surface, ...]:
        """The rows of a class or function that is defined in a library's own source."""
        rows = self._index.inside(scope.module.name, scope.qualified_name)
        return tuple(
            row for row in rows if self._ownership.belongs(scope.module.path, row.framework, row.symbol.partition(".")[0])
        )

    def _own_class(self, scope: Scope) -> tuple[Surface, ...]:
        """A class of the repository called like a framework's: no default is known of it, but what it is passed is told.

        One that says nothing of Bedrock but its name merely shares the name.
        """
        said = scope.module.source(scope.node).lower().replace(scope.name.lower(), "")
        if "bedrock" not in said:
            return ()
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
