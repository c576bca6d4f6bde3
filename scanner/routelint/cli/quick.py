"""The arguments of `scan` as hooks and CI give them, read without click, which takes an eighth of the scan of one file to load.

What is not written plainly here (help, short forms in one word, values of other kinds, mistakes) is left to click, so that
there is one manual and one set of messages. tests/test_quick.py holds the two against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import Any

    from routelint.cli.destinations import Destination

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit", "markdown", "csv", "html")
SARIF_PROFILES = ("github", "full")
GATES = ("error", "warning", "note", "never")
COLORS = ("auto", "always", "never")

FLAGS = {
    "--staged": "staged",
    "--strict": "strict",
    "--show-suppressed": "show_suppressed",
    "--no-repo-config": "no_repo_config",
    "--no-cache": "no_cache",
    "--quiet": "quiet",
    "-q": "quiet",
    "--verbose": "verbose",
    "-v": "verbose",
}


def _path(value: str) -> Path:
    from pathlib import Path  # `--version` takes none

    return Path(value)


def _day(value: str) -> date:
    from datetime import date

    return date.fromisoformat(value)


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(value)
        return value

    return read


def _processes(value: str) -> int:
    count = int(value)
    if count < 1:
        raise ValueError(value)
    return count


def _destination(value: str) -> Destination:
    from routelint.cli import destinations  # `--version` prints to none

    return destinations.read(value, FORMATS)


# The parameter of an option and how a value is read; of values given again the last one counts, or all of them do.
VALUES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "--policy": ("policy_path", _path),
    "--output": ("output", _path),
    "-o": ("output", _path),
    "--fail-on": ("fail_on", _one_of(GATES)),
    "--baseline": ("baseline", _path),
    "--diff": ("diff", str),
    "--sarif-profile": ("sarif_profile", _one_of(SARIF_PROFILES)),
    "--jobs": ("jobs", _processes),
    "--cache-dir": ("cache_dir", _path),
    "--today": ("today", _day),
    "--color": ("color", _one_of(COLORS)),
}
REPEATED: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "--format": ("formats", _destination),
    "-f": ("formats", _destination),
    "--select": ("select", str),
    "--ignore": ("ignore", str),
    "--environment": ("environment_names", str),
    "--exclude": ("exclude", str),
}


def arguments(given: Sequence[str]) -> dict[str, Any] | None:
    """What the arguments give to `scan`, where they call it and are plain; None where click is to read them."""
    # On Windows click expands wildcards; a shell that completes a line calls the program too.
    if not given or given[0] != "scan" or os.name == "nt" or "_ROUTELINT_COMPLETE" in os.environ:
        return None
    found: dict[str, Any] = {"paths": ()}
    rest = iter(given[1:])
    for argument in rest:
        if not argument.startswith("-"):
            found["paths"] += (_path(argument),)
            continue
        name, equals, value = argument.partition("=")
        if name in FLAGS and not equals:
            found[FLAGS[name]] = True
            continue
        # `-f=json` has another meaning than `--format=json`.
        if not equals:
            value = next(rest, "")
        elif not name.startswith("--"):
            return None
        if not value or value.startswith("-"):
            return None
        try:
            if name in REPEATED:
                parameter, read = REPEATED[name]
                found[parameter] = (*found.get(parameter, ()), read(value))
            elif name in VALUES:
                parameter, read = VALUES[name]
                found[parameter] = read(value)
            else:
                return None
        except ValueError:
            return None
    return found
