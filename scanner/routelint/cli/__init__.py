"""The command line: the only place that touches the disk, the clock and the environment, and joins all layers."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from routelint.cli import errors, quick
from routelint.cli.interruption import TerminatedError, terminable

EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; the exit status: 0 clean, 1 findings, 2 usage or policy error, 3 incomplete, 128 + n on signal n."""
    try:
        with terminable():
            return _run(None if arguments is None else list(arguments))
    except TerminatedError as error:
        click.echo("routelint: terminated; nothing is half-written", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read the output has gone; there is nobody to tell.
        from routelint.cli.writing import abandon_output

        abandon_output()
        return 0
    except MemoryError:
        # What asked for it is let go of by now; nothing is loaded, and no text is put together.
        os.write(2, b"routelint: memory ran out, so the scan is incomplete; give it more, or scan fewer folders at a time\n")
        return EXIT_INCOMPLETE
    # From here on click is loaded, where it was not.
    except (click.Abort, KeyboardInterrupt):
        click.echo("routelint: interrupted; nothing is half-written", err=True)
        return EXIT_INTERRUPTED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        errors.show(error)
        return error.exit_code
    except Exception:
        errors.tell(traceback.format_exc().removesuffix("\n"))
        click.echo("routelint: this is a fault of routelint, not of what it scanned; report it with the lines above", err=True)
        return EXIT_INCOMPLETE


def _run(arguments: list[str] | None) -> int:
    """Runs the command that is called: `scan` without click where its arguments are plain."""
    values = quick.arguments(sys.argv[1:] if arguments is None else arguments)
    if values is None:
        from routelint.cli.commands import program

        result = program.main(args=arguments, prog_name="routelint", standalone_mode=False)
        return result if isinstance(result, int) else 0
    from routelint.cli import scan

    try:
        return scan.scan(**values)
    except MemoryError:
        # What is asked of other errors below loads click.
        raise
    except KeyboardInterrupt:
        # As click does: what comes next starts on a line of its own.
        sys.stderr.write("\n")
        raise
    except Exception as error:
        # What is wrong with arguments is shown below how they are used, which click knows.
        if isinstance(error, click.UsageError) and error.ctx is None:
            from routelint.cli.commands import program

            above = click.Context(program, info_name="routelint")
            error.ctx = click.Context(scan.command(), info_name="scan", parent=above)
        raise
