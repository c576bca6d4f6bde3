"""Parsers: from the files of a unit to its routes, resources, settings and errors. Only this package knows syntax."""

from __future__ import annotations

from importlib import import_module

from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import SourceUnit

# What sets environment variables comes before what reads them. Text does both: a CDK stack sets them, a handler reads them.
LANGUAGES = ("terraform", "cloudformation", "text", "python")


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """What the unit holds; the parser of its language is imported here, when it is first needed.

    Raises:
        ValueError: there is no parser for the language.
    """
    if unit.language not in LANGUAGES:
        raise ValueError(f"no parser for language '{unit.language}'; expected one of {', '.join(LANGUAGES)}")
    parser = import_module(f"routelint.parse.{unit.language}")
    parsed: Parsed = parser.parse(unit, context)
    return parsed
