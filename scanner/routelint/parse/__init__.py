"""Parsers: from the files of a unit to its routes, resources, settings and errors. Only this package knows syntax."""

from __future__ import annotations

from routelint.parse import steps
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import SourceUnit

# What sets environment variables comes before what reads them. Text does both: a CDK stack sets them, a handler reads them.
LANGUAGES = ("terraform", "cloudformation", "text", "python")


def parse(unit: SourceUnit, context: ParseContext, run: steps.Runner = steps.here) -> Parsed:
    """What the unit holds; the parser of its language is imported when it is first needed. `run` does the steps of the work.

    Raises:
        ValueError: there is no parser for the language.
    """
    if unit.language not in LANGUAGES:
        raise ValueError(f"no parser for language '{unit.language}'; expected one of {', '.join(LANGUAGES)}")
    return open_scan(unit, context).parsed(run)


def open_scan(unit: SourceUnit, context: ParseContext) -> steps.Scan:
    """The work on a unit before it is begun: as it is opened in each process that takes a part in it."""
    if unit.language == "python":
        from routelint.parse.python.parser import PythonScan

        return PythonScan(unit, context)
    return steps.WholeScan(unit, context)
