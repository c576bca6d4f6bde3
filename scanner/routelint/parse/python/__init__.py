"""Python: from modules and notebooks to the calls that choose a model, and what they choose."""

from __future__ import annotations

from routelint.parse import steps
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import SourceUnit


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """The routes of the marked modules and notebooks of a unit; others are read where the marked ones lead to them."""
    from routelint.parse.python.parser import PythonScan

    return PythonScan(unit, context).parsed(steps.here)
