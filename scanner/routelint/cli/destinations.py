"""Where a run prints to: its formats, and the files they go to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from routelint.cli import writing
from routelint.deferred import dataclass

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """One output of a run: its format, and the file it goes to (None: standard output)."""

    format: str
    path: Path | None


def read(value: str, formats: Sequence[str]) -> Destination:
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


def chosen(formats: tuple[Destination, ...], output: Path | None) -> tuple[Destination, ...]:
    """Where a run prints to.

    Raises:
        click.UsageError: `--output` with several formats, two formats on standard output, or one file twice.
        WriteError: a file cannot be written at one of the places.
    """
    wanted = formats or (Destination("text", None),)
    if output is not None:
        if len(wanted) > 1 or wanted[0].path is not None:
            raise click.UsageError("--output goes with a single --format; for several outputs write --format FORMAT=FILE")
        wanted = (Destination(wanted[0].format, file_of(str(output))),)
    terminal = [each.format for each in wanted if each.path is None]
    if len(terminal) > 1:
        raise click.UsageError(
            f"formats {', '.join(terminal)} would all go to standard output; write all but one as FORMAT=FILE"
        )
    files = [each.path for each in wanted if each.path is not None]
    places = [os.path.realpath(path) for path in files]
    for path, place in zip(files, places, strict=True):
        if places.count(place) > 1 and place != os.path.realpath(os.devnull):
            raise click.UsageError(f"two formats would be written to '{path}'")
        writing.check(path)
    return wanted


def write(destination: Destination, text: str) -> None:
    """Prints `text`, or puts it in the destination's file as a whole.

    Raises:
        WriteError: it cannot be written.
    """
    if destination.path is None:
        writing.to_terminal(text)
    else:
        writing.to_file(destination.path, text)
