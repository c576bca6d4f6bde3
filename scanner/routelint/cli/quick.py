"""The arguments of `scan` as hooks and CI give them, read without click, which takes an eighth of the scan of one file to load.

What is not written plainly here (help, short forms, values of other kinds, mistakes) is left to click, so that there is one
manual and one set of messages. tests/test_quick.py holds the two against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import Any

GATES = ("error", "warning", "note", "never")
COLORS = ("auto", "always", "never")

# What the parameters of `scan` are where nothing is said.
DEFAULTS: Mapping[str, object] = {
    "paths": (),
    "policy_path": None,
    "formats": (),
    "output": None,
    "fail_on": None,
    "baseline": None,
    "diff": None,
    "staged": False,
    "strict": False,
    "select": (),
    "ignore": (),
    "environment_names": (),
    "exclude": (),
    "min_resolved": None,
    "show_suppressed": False,
    "sarif_profile": "github",
    "no_repo_config": False,
    "jobs": None,
    "no_cache": False,
    "cache_dir": None,
    "today": None,
    "color": "auto",
    "quiet": False,
    "verbose": False,
}
FLAGS = {
    "--staged": "staged",
    "--strict": "strict",
    "--show-suppressed": "show_suppressed",
    "--no-repo-config": "no_repo_config",
    "--no-cache": "no_cache",
    "--quiet": "quiet",
    "--verbose": "verbose",
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


VALUES: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "--policy": ("policy_path", _path),
    "--fail-on": ("fail_on", _one_of(GATES)),
    "--baseline": ("baseline", _path),
    "--diff": ("diff", str),
    "--cache-dir": ("cache_dir", _path),
    "--today": ("today", _day),
    "--color": ("color", _one_of(COLORS)),
}
REPEATED = {
    "--select": "select",
    "--ignore": "ignore",
    "--environment": "environment_names",
    "--exclude": "exclude",
}


def arguments(given: Sequence[str]) -> dict[str, Any] | None:
    """The parameters of `scan`, where the arguments call it and are plain; None where click is to read them."""
    # On Windows click expands wildcards; a shell that completes a line calls the program too.
    if not given or given[0] != "scan" or os.name == "nt" or "_ROUTELINT_COMPLETE" in os.environ:
        return None
    found: dict[str, Any] = dict(DEFAULTS)
    paths: list[Path] = []
    rest = iter(given[1:])
    for argument in rest:
        if not argument.startswith("-"):
            paths.append(_path(argument))
            continue
        name, equals, value = argument.partition("=")
        if name in FLAGS and not equals:
            found[FLAGS[name]] = True
            continue
        if not equals:
            value = next(rest, "")
        if not value or value.startswith("-"):
            return None
        if name in REPEATED:
            found[REPEATED[name]] += (value,)
        elif name in VALUES:
            parameter, read = VALUES[name]
            try:
                found[parameter] = read(value)
            except ValueError:
                return None
        else:
            return None
    return found | {"paths": tuple(paths)}
