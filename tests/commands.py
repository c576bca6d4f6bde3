"""Command lines run in this process: quicker than a process of their own, for tests that need many."""

from __future__ import annotations

from pathlib import Path

from click import ClickException
from click.testing import CliRunner, Result

from routelint.cli.commands import program


def routelint(*arguments: str | Path) -> Result:
    """What a command line comes to."""
    return CliRunner().invoke(program, [*map(str, arguments)], standalone_mode=False, catch_exceptions=False)


def status(*arguments: str | Path) -> tuple[int, str]:
    """The exit status and the output, as the program would end with them."""
    try:
        result = routelint(*arguments)
    except ClickException as error:
        return error.exit_code, error.message
    if isinstance(result.exception, ClickException):
        return 2, result.exception.message
    return int(result.return_value or 0), result.output
