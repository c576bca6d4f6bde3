"""Options that several commands share, and what is asked of the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from routelint.cli.quick import COLORS

Command = TypeVar("Command", bound=Callable[..., Any])


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
