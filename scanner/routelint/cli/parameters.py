"""Kinds of values that options take; loaded with click."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from routelint.cli import destinations
from routelint.cli.destinations import Destination


class OutputFormat(click.ParamType[Destination]):
    """`FORMAT` or `FORMAT=FILE`."""

    name = "format"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self.formats = formats

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """How the help text shows the value."""
        return f"[{'|'.join(self.formats)}][=FILE]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Destination:
        """The destination that `value` spells."""
        if isinstance(value, Destination):
            return value
        try:
            return destinations.read(str(value), self.formats)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Day(click.ParamType[date]):
    """A calendar date, `YYYY-MM-DD`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date that `value` spells."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a date; expected YYYY-MM-DD", param, ctx)
