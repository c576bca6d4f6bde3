"""Options that several commands share, and the values they are turned into."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from routelint.cli import writing
from routelint.cli.quick import COLORS
from routelint.deferred import dataclass

STANDARD_OUTPUT = "-"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Destination:
    """One output of a run: its format, and the file it goes to (None: standard output)."""

    format: str
    path: Path | None


def today_utc() -> date:
    """The day it is, in UTC: every date of a policy and of the catalog is."""
    return datetime.now(UTC).date()


def paths_argument(command: Command) -> Command:
    """PATHS: the files and folders to report on; the current folder where none is given."""
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(command)


def format_option(formats: tuple[str, ...]) -> Callable[[Command], Command]:
    """`--format`, repeatable, and `--output` for the first of them."""

    from routelint.cli.parameters import OutputFormat  # click comes with it

    def decorate(command: Command) -> Command:
        command = click.option(
            "--output",
            "-o",
            type=click.Path(path_type=Path),
            help="Write the (only) format to this file instead of the terminal; '-' is the terminal.",
        )(command)
        return click.option(
            "--format",
            "-f",
            "formats",
            multiple=True,
            type=OutputFormat(formats),
            help="How to print; repeat as FORMAT=FILE for several outputs of one run. [default: text]",
        )(command)

    return decorate


def policy_option(command: Command) -> Command:
    """`--policy FILE`."""
    return click.option(
        "--policy",
        "policy_path",
        type=click.Path(path_type=Path),
        help="The policy file. [default: routelint.yaml found upward from the scanned path; else the profile 'recommended']",
    )(command)


def no_repo_config_option(command: Command) -> Command:
    """`--no-repo-config`."""
    return click.option(
        "--no-repo-config",
        is_flag=True,
        help="Take no policy, baseline or directive from the scanned tree, as for untrusted pull requests. Without --policy"
        " the profile 'recommended' applies.",
    )(command)


def work_options(command: Command) -> Command:
    """`--jobs N`, `--no-cache` and `--cache-dir DIR`."""
    for option in (
        click.option(
            "--cache-dir",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="Keep results here for the next run. [default: ROUTELINT_CACHE_DIR, else the user's cache folder]",
        ),
        click.option("--no-cache", is_flag=True, help="Use no results of earlier runs, and keep none."),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            metavar="N",
            help="Processes for large trees; the output is the same for any number. [default: one per processor, at most 8]",
        ),
    ):
        command = option(command)
    return command


def today_option(command: Command) -> Command:
    """`--today DATE`."""
    from routelint.cli.parameters import Day  # click comes with it

    return click.option(
        "--today",
        type=Day(),
        default=None,
        metavar="DATE",
        help="Judge dates as of this day (YYYY-MM-DD), for reproducible runs.",
    )(command)


def color_option(command: Command) -> Command:
    """`--color`."""
    return click.option(
        "--color",
        type=click.Choice(COLORS),
        default="auto",
        help="Colour the text output. [default: auto: on a terminal, unless NO_COLOR is set]",
    )(command)


def display_options(command: Command) -> Command:
    """`--color`, `--quiet` and `--verbose`."""
    command = color_option(command)
    command = click.option("--quiet", "-q", is_flag=True, help="Print findings only: no summary, no progress.")(command)
    return click.option("--verbose", "-v", is_flag=True, help="Also print notes and everything that could not be told.")(
        command
    )


def destinations(formats: tuple[Destination, ...], output: Path | None) -> tuple[Destination, ...]:
    """Where a run prints to.

    Raises:
        click.UsageError: `--output` with several formats, two formats on standard output, or one file twice.
        WriteError: a file cannot be written at one of the places.
    """
    chosen = formats or (Destination("text", None),)
    if output is not None:
        if len(chosen) > 1 or chosen[0].path is not None:
            raise click.UsageError("--output goes with a single --format; for several outputs write --format FORMAT=FILE")
        chosen = (Destination(chosen[0].format, file_of(str(output))),)
    terminal = [each.format for each in chosen if each.path is None]
    if len(terminal) > 1:
        raise click.UsageError(
            f"formats {', '.join(terminal)} would all go to standard output; write all but one as FORMAT=FILE"
        )
    files = [each.path for each in chosen if each.path is not None]
    places = [os.path.realpath(path) for path in files]
    for path, place in zip(files, places, strict=True):
        if places.count(place) > 1 and place != os.path.realpath(os.devnull):
            raise click.UsageError(f"two formats would be written to '{path}'")
        writing.check(path)
    return chosen


def destination(value: str, formats: Sequence[str]) -> Destination:
    """The output that `FORMAT` or `FORMAT=FILE` names.

    Raises:
        ValueError: it is not one of `formats`, or names no file after the sign.
    """
    name, equals, path = value.partition("=")
    if name not in formats:
        raise ValueError(f"'{name}' is not a format; expected one of {', '.join(formats)}")
    if equals and not path:
        raise ValueError(f"'{value}' names no file; expected {name}=FILE")
    return Destination(name, file_of(path))


def file_of(path: str) -> Path | None:
    """The file that the value of an option names; None for `-` and nothing, which are standard output."""
    return Path(path) if path not in ("", STANDARD_OUTPUT) else None


def write(destination: Destination, text: str) -> None:
    """Prints `text`, or puts it in the destination's file as a whole.

    Raises:
        WriteError: it cannot be written.
    """
    if destination.path is None:
        writing.to_terminal(text)
    else:
        writing.to_file(destination.path, text)


def shown(path: Path) -> str:
    """A path as people would type it: relative to the current folder where it lies below it."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links and rename what the user typed)
    cwd = Path.cwd()
    return absolute.relative_to(cwd).as_posix() if absolute.is_relative_to(cwd) else absolute.as_posix()


def terminal_width() -> int | None:
    """Columns of the terminal on standard output; None where it is none, so that nothing is cut in a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def coloured(choice: str, environment_no_color: str | None) -> bool:
    """Whether the text on standard output is coloured."""
    if choice != "auto":
        return choice == "always"
    return not environment_no_color and sys.stdout.isatty()
