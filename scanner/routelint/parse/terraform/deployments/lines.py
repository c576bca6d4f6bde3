"""Line files as they apply roots: shell scripts, Makefiles and dotenv files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.model import Evidence
from routelint.parse.terraform.deployments.given import Deployment
from routelint.parse.terraform.deployments.shell import Files, Shell, of_variables, said_by_name
from routelint.parse.terraform.deployments.words import pieces_of
from routelint.parse.terraform.nodes import Place
from routelint.parse.terraform.project import folder_of
from routelint.parse.terraform.varfiles import named_in
from routelint.source import SourceText

_MAKE_VARIABLE = lazy_regex(
    r"(?:(?:export|override)\s+)*(?P<name>[A-Za-z_]\w*)\s*(?:::?|\?|\+)?=[ \t]*(?P<value>.*)", re.DOTALL
)
_MAKE_TARGET = lazy_regex(r"(?P<targets>[^\s:=#][^:=#\n]*):(?![:=])")
_MAKE_LINE = lazy_regex(r"(?:\\\r?\n|[^\n])*\n?")


def of_script(source: SourceText, files: Files) -> Iterator[Deployment]:
    """The deployments of a shell script; where it only sets variables, what it sets for the root it lies in."""
    here = folder_of(source.path)
    shell = Shell(source, files, (here, "."), said=said_by_name(source.path))
    shell.run(0, len(source.text))
    yield from shell.found
    if not shell.found:
        yield from of_variables(shell, here if files.is_root(here) else None)


def of_dotenv(source: SourceText, files: Files) -> Iterator[Deployment]:
    """What a dotenv file sets, for the root it lies in."""
    here = folder_of(source.path)
    shell = Shell(source, files, (here,), said=said_by_name(source.path))
    shell.run(0, len(source.text))
    yield from of_variables(shell, here if files.is_root(here) else None)


def of_makefile(source: SourceText, files: Files) -> Iterator[Deployment]:
    """The deployments of a Makefile, each line of a recipe a shell of its own."""
    here = folder_of(source.path)
    shell = Shell(source, files, (here,), said=said_by_name(source.path))
    target = ""
    recipes: list[tuple[int, int, str]] = []
    for match in _MAKE_LINE.finditer(source.text):
        line = match[0]
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("\t"):
            recipes.append((match.start() + 1, match.end(), target))
        elif (variable := _MAKE_VARIABLE.match(line)) is not None:
            start, value = match.start() + variable.start("value"), variable["value"].rstrip()
            place = Place(source, start, start + len(value))
            parts = shell.parts(pieces_of(value, make=True), place)
            # `make ENV=prod` sets what a Makefile sets otherwise; what it exports is meant as it stands.
            by_default = not line.startswith(("export", "override"))
            shell.set(variable["name"], parts, place, by_default=by_default)
        elif (rule := _MAKE_TARGET.match(line)) is not None:
            target = rule["targets"].strip()
    for start, end, name in recipes:
        each = Shell(source, files, (here,), shell.values.copy(), _said_by_target(source.path, name) or shell.said)
        each.run(start, end, make=True)
        shell.found.extend(each.found)
    yield from shell.found
    if not shell.found:
        yield from of_variables(shell, here if files.is_root(here) else None)


def _said_by_target(path: str, target: str) -> Evidence | None:
    name = named_in(target)
    return Evidence(name, f"target '{target}' of {posixpath.basename(path)}") if name is not None else None
