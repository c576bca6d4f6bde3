"""Which model a library takes when none is given, by the version the project pins."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from routelint.deferred import dataclass
from routelint.model import Hop, Location, Resolution, Span
from routelint.possible import Possible, known
from routelint.source import NotTextError, SourceText, SourceTree, decode

MOST_BYTES = 3_000_000
# Files that pin versions; a lock file tells the version, the others a range.
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
_RANGES = ("requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "environment.yml")
_REQUIREMENT = (
    r"(?i)(?<![\w.-]){name}(?:\[[^\]]*\])?[ \t]*(?P<operator>==|~=|>=|<=|<|>|\^|===)?[ \t]*(?P<version>[0-9][0-9a-z.*]*)?"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """A version of a library that a project asks for, and where it says so; `exact` where no newer one can be taken."""

    version: tuple[int, ...]
    text: str
    exact: bool
    location: Location


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    raw = json.loads((Path(__file__).parent / "data" / "defaults.json").read_text("utf-8"))
    return {name: entry["versions"] for name, entry in raw.items()}


def parts(text: str) -> tuple[int, ...]:
    """The numbers of a version text."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:4])


class Defaults:
    """Answers for one tree; files are read once."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._pins: dict[tuple[str, str], Pin | None] = {}
        self._sources: dict[str, SourceText | None] = {}

    def value(self, default: str, importer: str, region: str | None) -> Possible:
        """The model taken when none is given: `default` itself, or what the version of the package it names takes."""
        versions = _table().get(default)
        if versions is None:
            return known(default, Resolution.IMPLICIT)
        pin = self.pin(default, posixpath.dirname(importer))
        if pin is None:
            place = Location(importer, Span(1, 1, 1, 1))
            hop = Hop(place, f"the default of {default} depends on its version, which the scanned files do not pin")
            return known(_model(versions[-1], region), Resolution.IMPLICIT, [hop])
        fitting = [each for each in versions if parts(each["from"]) <= pin.version]
        chosen = (fitting or versions[:1])[-1]
        if pin.exact:
            hop = Hop(pin.location, f"{default} {pin.text} is pinned; its default")
        else:
            # A lower bound lets the newest release in.
            chosen = versions[-1]
            hop = Hop(pin.location, f"{default} is not pinned to a version ({pin.text}); the default of the newest")
        return known(_model(chosen, region), Resolution.IMPLICIT, [hop])

    def pin(self, package: str, folder: str) -> Pin | None:
        """The version asked for beside or above a folder, nearest first; a lock file before a range."""
        key = (package, folder)
        if key not in self._pins:
            found = self._in_folder(package, folder)
            if found is None and folder:
                found = self.pin(package, posixpath.dirname(folder))
            self._pins[key] = found
        return self._pins[key]

    def _in_folder(self, package: str, folder: str) -> Pin | None:
        for name in _LOCKS:
            source = self._source(posixpath.join(folder, name))
            if source is not None and (found := _locked(source, package)) is not None:
                return found
        for name in (*_RANGES, *self._requirement_files(folder)):
            source = self._source(posixpath.join(folder, name))
            if source is not None and (found := _asked(source, package)) is not None:
                return found
        return None

    def _requirement_files(self, folder: str) -> Sequence[str]:
        names = ("requirements-dev.txt", "requirements/base.txt", "requirements/prod.txt", "requirements.in", "constraints.txt")
        return [name for name in names if self._tree.read(posixpath.join(folder, name)) is not None]

    def _source(self, path: str) -> SourceText | None:
        if path not in self._sources:
            data = self._tree.read(path)
            source = None
            if data is not None and len(data) <= MOST_BYTES:
                try:
                    source = decode(path, data)
                except NotTextError:
                    source = None
            self._sources[path] = source
        return self._sources[path]


def _model(entry: dict[str, str], region: str | None) -> str:
    template = entry.get("by_region")
    if template is None or region is None:
        return entry["model"]
    scope = {"us-gov": "us-gov", "us": "us", "eu": "eu", "ap": "apac"}.get(
        "us-gov" if region.startswith("us-gov") else region.partition("-")[0]
    )
    return template.format(scope) if scope is not None else entry["model"]


def _locked(source: SourceText, package: str) -> Pin | None:
    if source.path.endswith("Pipfile.lock"):
        pattern = rf'"{re.escape(package)}"\s*:\s*\{{[^}}]*?"version"\s*:\s*"==(?P<version>[^"]+)"'
        found = re.search(pattern, source.text, re.DOTALL)
    else:
        name = re.escape(package).replace("\\-", "[-_]")
        found = re.search(rf'name = "{name}"\s*\nversion = "(?P<version>[^"]+)"', source.text)
    if found is None:
        return None
    place = Location(source.path, source.span(*found.span("version")))
    return Pin(parts(found["version"]), found["version"], True, place)


def _asked(source: SourceText, package: str) -> Pin | None:
    name = re.escape(package).replace("\\-", "[-_]")
    if source.path.endswith("pyproject.toml"):
        try:
            tomllib.loads(source.text)
        except (tomllib.TOMLDecodeError, RecursionError):
            return None
    for found in re.finditer(_REQUIREMENT.replace("{name}", name), source.text):
        before = source.text[source.text.rfind("\n", 0, found.start()) + 1 : found.start()]
        after = source.text[found.end() : found.end() + 1]
        if "#" in before or after == "-" or before.rstrip().endswith(("name =", "/")):
            continue
        place = Location(source.path, source.span(*found.span()))
        version, operator = found["version"], found["operator"]
        if version is None:
            # Poetry and Pipfile write `name = "^1.0"`.
            table = re.match(r'\s*=\s*"(?P<operator>[\^~=<>]*)\s*(?P<version>\d[^",]*)"', source.text[found.end() :])
            if table is None:
                return Pin((), "no version given", False, place)
            version, operator = table["version"], table["operator"] or "=="
        exact = operator in ("==", "===") and "*" not in version
        return Pin(parts(version), f"{operator or ''}{version}", exact, place)
    return None
