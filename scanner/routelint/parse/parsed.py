"""What a parser is given and what it returns."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Location, ModelReference, PolicyStatement, Principal, Resource, ScanError
from routelint.possible import Possible
from routelint.source import SourceTree
from routelint.surfaces import Surface

# More than anybody writes: what follows in a file is not told.
MOST_ROUTES_OF_A_FILE = 10_000


@dataclass(frozen=True, slots=True)
class EnvironmentSetting:
    """An environment variable that infrastructure sets for a piece of running code.

    `owner` is the symbol of the function, container or runtime that gets it; `code` are repository-relative paths (files or
    folders) of the code it runs, empty where that cannot be told.
    """

    name: str
    value: Possible
    owner: str
    location: Location
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class EnvironmentSettings:
    """Every environment setting of the scan, asked by the code that reads it."""

    settings: tuple[EnvironmentSetting, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, list[EnvironmentSetting]]:
        found: dict[str, list[EnvironmentSetting]] = defaultdict(list)
        for setting in self.settings:
            found[setting.name].append(setting)
        return found

    def is_set(self, name: str) -> bool:
        """Whether something of the scan gets `name`, whatever code it runs."""
        return name in self._by_name

    def lookup(self, path: str, name: str) -> tuple[EnvironmentSetting, ...]:
        """The settings of `name` for the code at `path`: those with the longest matching code path, one or more owners.

        Where none says that it runs the code, those count whose code cannot be told (a container that an image is pulled
        for) and whose owner is called like a folder that the code stands in: `aws_ecs_task_definition.api`, `ApiTask`.
        """
        best: list[EnvironmentSetting] = []
        depth = -1
        for setting in self._by_name.get(name, ()):
            for code in setting.code:
                prefix = code.rstrip("/")
                if prefix in (".", "") or path == prefix or path.startswith(prefix + "/"):
                    length = 0 if prefix in (".", "") else len(prefix)
                    if length > depth:
                        best, depth = [setting], length
                    elif length == depth and setting not in best:
                        best.append(setting)
        return tuple(best) or self._called_like(path, name)

    def _called_like(self, path: str, name: str) -> tuple[EnvironmentSetting, ...]:
        folders = {_plain(folder) for folder in path.split("/")[:-1]}
        found = [each for each in self._by_name.get(name, ()) if not each.code and _subject(each.owner) in folders]
        nearest = max((_shared(path, each.location.path) for each in found), default=0)
        return tuple(each for each in found if _shared(path, each.location.path) == nearest)


# What owners are called beside their subject, and what says nothing of it.
_ROLES = frozenset(
    (
        *("container", "definition", "deployment", "ecs", "fargate", "fn", "function", "job", "lambda", "runtime", "service"),
        *("task", "app", "default", "main", "this"),
    )
)
_WORD = lazy_regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _subject(owner: str) -> str:
    """What an owner is called after its kind and role are taken off: `aws_ecs_task_definition.api` and `ApiTask` -> `api`."""
    last = owner.split("[", 1)[0].rsplit(".", 1)[-1].rsplit(":", 1)[-1]
    return "".join(word.lower() for word in _WORD.findall(last) if word.lower() not in _ROLES) or "?"


def _plain(folder: str) -> str:
    return re.sub(r"[-_]", "", folder.lower())


def _shared(left: str, right: str) -> int:
    """How many folders two files have in common from the root."""
    pairs = zip(left.split("/")[:-1], right.split("/")[:-1], strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _no_constants(_name: str) -> str | None:
    return None


@dataclass(frozen=True)
class ParseContext:
    """What a parser may ask: the tree, the surfaces of its language, the catalog's ids, and variables set elsewhere.

    `knows` tells whether a text, in any spelling, names a model of the catalog; `cdk` gives the id that a constant of the
    CDK stands for (`ANTHROPIC_CLAUDE_SONNET_4_6`).
    """

    tree: SourceTree
    surfaces: tuple[Surface, ...]
    knows: Callable[[str], bool]
    settings: EnvironmentSettings = EnvironmentSettings()
    cdk: Callable[[str], str | None] = _no_constants


@dataclass(frozen=True)
class Parsed:
    """What one unit holds; every path is relative to the scanned root."""

    references: tuple[ModelReference, ...] = ()
    resources: tuple[Resource, ...] = ()
    settings: tuple[EnvironmentSetting, ...] = ()
    errors: tuple[ScanError, ...] = ()
    statements: tuple[PolicyStatement, ...] = ()
    principals: tuple[Principal, ...] = ()


def merge(parts: Iterable[Parsed]) -> Parsed:
    """Everything of every part, in order."""
    parts = tuple(parts)
    return Parsed(
        tuple(each for part in parts for each in part.references),
        tuple(each for part in parts for each in part.resources),
        tuple(each for part in parts for each in part.settings),
        tuple(each for part in parts for each in part.errors),
        tuple(each for part in parts for each in part.statements),
        tuple(each for part in parts for each in part.principals),
    )


def too_many_routes(path: str) -> ScanError:
    """The error of a file that has more routes than are told."""
    return ScanError(path, f"has more than {MOST_ROUTES_OF_A_FILE:,} routes: what follows is not told")
