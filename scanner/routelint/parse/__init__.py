"""Parsers: from the files of a unit to its routes, resources, settings and errors. Only this package knows syntax."""

from __future__ import annotations

from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import SourceUnit

# Infrastructure first: it sets the environment variables that programs read.
LANGUAGES = ("terraform", "cloudformation", "python", "text")


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """What the unit holds; the parser of its language is imported here, when it is first needed."""
    match unit.language:
        case "terraform":
            from routelint.parse import terraform as parser
        case "cloudformation":
            from routelint.parse import cloudformation as parser
        case "python":
            from routelint.parse import python as parser
        case "text":
            from routelint.parse import text as parser
        case language:
            raise ValueError(f"no parser for language '{language}'; expected one of {', '.join(LANGUAGES)}")
    return parser.parse(unit, context)
