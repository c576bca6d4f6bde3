"""One scan of the Python files: sinks, grants and defaults of the marked modules, in order of their places."""

from __future__ import annotations

from routelint.model import ModelReference
from routelint.parse.parsed import Parsed, ParseContext
from routelint.parse.python.evaluate import Evaluator
from routelint.parse.python.modules import Program
from routelint.parse.python.sinks import Sinks, numbered
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.versions import Defaults
from routelint.source import SourceUnit


def parse_unit(unit: SourceUnit, context: ParseContext) -> Parsed:
    """Everything the marked files of a unit hold."""
    program = Program(context.tree, unit.paths)
    evaluator = Evaluator(program, context)
    sinks = Sinks(evaluator, SurfaceIndex(context.surfaces), Defaults(context.tree))
    references: list[ModelReference] = []
    for path in sorted(unit.marked):
        module = program.module(path)
        if module is None:
            continue
        for sink in sinks.find(module):
            references.extend(sinks.routes(sink))
    references.sort(key=lambda each: (each.location.path, each.location.span, each.sink, each.root))
    marked = set(unit.marked)
    errors = tuple(error for path in sorted(program.errors) if path in marked for error in program.errors[path])
    return Parsed(tuple(numbered(references)), errors=errors)
