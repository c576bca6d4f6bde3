"""The errors that the command line shows in a line or two; loaded when one is raised, because click comes with them."""

from __future__ import annotations

import click

EXIT_USAGE = 2
EXIT_INCOMPLETE = 3


class PolicyFault(click.ClickException):
    """A policy that cannot be used; shown one fault a line, without a traceback."""

    exit_code = EXIT_USAGE

    def show(self, file: object = None) -> None:
        """Prints every fault to standard error."""
        click.echo(self.message, err=True)


class WriteError(click.ClickException):
    """An output that cannot be written at the place the user named."""

    exit_code = EXIT_USAGE


class DiskError(WriteError):
    """An output that the machine could not take: its disk is full or broken."""

    exit_code = EXIT_INCOMPLETE
