"""One scan of the Python files: sinks, grants and defaults of the marked modules, in order of their places."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from routelint.model import ModelReference, PolicyStatement, Resource, ScanError, Span
from routelint.parse import observing
from routelint.parse.parsed import EnvironmentSettings, ParseContext, Parsed
from routelint.parse.python import infrastructure
from routelint.parse.python.evaluate import Evaluator
from routelint.parse.python.fallbacks import Fallbacks, within
from routelint.parse.python.grants import Grants
from routelint.parse.python.modules import Module
from routelint.parse.python.program import Program
from routelint.parse.python.questions import TooMuchError
from routelint.parse.python.references import References, numbered
from routelint.parse.python.sinks import Sink, Sinks
from routelint.parse.python.statements import Statements
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.versions import Defaults
from routelint.source import SourceText, SourceUnit


def parse_unit(unit: SourceUnit, context: ParseContext) -> Parsed:
    """Everything the marked files of a unit hold."""
    program = Program(context.tree, unit.paths)
    evaluator = Evaluator(program, context)
    modules = [module for path in sorted(unit.marked) if (module := program.module(path)) is not None]
    settings = infrastructure.settings(evaluator, modules, frozenset(context.tree.paths()))
    if settings:
        # What was asked so far was answered without them.
        joined = EnvironmentSettings((*context.settings.settings, *settings))
        evaluator = Evaluator(program, replace(context, settings=joined))
    index = SurfaceIndex(context.surfaces)
    sinks = Sinks(evaluator, index)
    routes = References(evaluator, index, Defaults(context.tree))
    grants = Grants(evaluator)
    fallbacks = Fallbacks(evaluator)
    policies = Statements(evaluator)
    statements: list[PolicyStatement] = []
    resources: list[Resource] = []
    references: list[ModelReference] = []
    objects: list[tuple[Module, Sink]] = []
    cut: list[ScanError] = []
    for module in modules:
        with _bounded(module, cut):
            for sink in sinks.find(module):
                match sink.rows[0].reads:
                    case "statements":
                        references.extend(grants.of_sink(sink))
                        statements.extend(policies.of_sink(sink))
                    case "object":
                        objects.append((module, sink))
                    case _:
                        references.extend(routes.of(sink))
            references.extend(grants.of_module(module))
            statements.extend(policies.of_module(module))
            if module.places_in_file is None:
                resources.extend(observing.of_file(SourceText(module.path, module.text), "python"))
    told = places(references)
    # An object that stands for a model is a route of its own only where no route has been given it.
    for module, sink in objects:
        span = module.span(sink.place.call)
        if not any(within(span, each) for each in told.get(module.path, ())):
            with _bounded(module, cut):
                references.extend(routes.of(sink))
    for path, spans in sinks.judged.items():
        told[path].extend(spans)
    for module in modules:
        with _bounded(module, cut):
            references.extend(fallbacks.of_module(module, told.get(module.path, ())))
    references.sort(key=lambda each: (each.location.path, each.location.span, each.sink, each.root))
    marked = set(unit.marked)
    errors = tuple(error for path in sorted(program.errors) if path in marked for error in program.errors[path])
    made, apps = observing.of_apps(context.tree, unit.paths, unit.marked, "python")
    return Parsed(
        tuple(numbered(references)),
        observing.once((*resources, *made)),
        tuple(settings),
        (*errors, *cut),
        tuple(statements),
        tuple(apps),
    )


@contextlib.contextmanager
def _bounded(module: Module, errors: list[ScanError]) -> Iterator[None]:
    """One module's share of the work: where it asks too much, what it told before is kept and the rest is an error."""
    try:
        yield
    except TooMuchError:
        errors.append(ScanError(module.path, "following its values takes too many steps"))


def places(references: list[ModelReference]) -> dict[str, list[Span]]:
    """Path -> the places that routes stand at or come by."""
    found: dict[str, list[Span]] = defaultdict(list)
    for reference in references:
        found[reference.location.path].append(reference.location.span)
        trails = [choice.trail for choice in reference.choices]
        trails += [reference.unknown.trail] if reference.unknown is not None else []
        for hop in itertools.chain.from_iterable(trails):
            found[hop.location.path].append(hop.location.span)
    return found
