"""The errors that the command line shows in a line or two; loaded when one is raised, because click comes with them."""

from __future__ import annotations

import click

from routelint.output import escape

EXIT_USAGE = 2
EXIT_INCOMPLETE = 3


def tell(text: str) -> None:
    """Prints lines to standard error; what a terminal or a runner of CI would obey in them becomes visible."""
    click.echo("\n".join(map(escape.terminal, text.split("\n"))), err=True)


def show(error: click.ClickException) -> None:
    """Shows an error as click does, but harmless: what it names may come from a pull request, by way of a hook."""
    if isinstance(error, PolicyFault):
        error.show()
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        tell(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n")
    click.echo(escape.terminal(f"Error: {error.format_message()}"), err=True)


class PolicyFault(click.ClickException):
    """A policy that cannot be used; shown one fault a line, without a traceback."""

    exit_code = EXIT_USAGE

    def show(self, file: object = None) -> None:
        """Prints every fault to standard error."""
        tell(self.message)


class WriteError(click.ClickException):
    """An output that cannot be written at the place the user named."""

    exit_code = EXIT_USAGE


class DiskError(WriteError):
    """An output that the machine could not take: its disk is full or broken."""

    exit_code = EXIT_INCOMPLETE
