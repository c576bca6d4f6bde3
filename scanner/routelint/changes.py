"""What changed between two revisions of a repository: routes that take other models, and findings that came or went.

Both sides are matched in steps, the surest first; what one step pairs the next does not see. Paths of the old side are read
through `renames` (old path -> new path), so that a renamed file is the same file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from routelint.deferred import dataclass
from routelint.model import Choice, Finding, Kind, ModelReference

T = TypeVar("T")

# The second call of a kind in one function is `triage/converse.modelId#2`.
_NUMBER = re.compile(r"#\d+\Z")


@dataclass(frozen=True, slots=True)
class Swap:
    """A route that takes other models than it did: the route as it is, what it took before, and what it takes now.

    `before` and `after` are what it took and takes in `environments`, those where the change is the same; empty where nothing
    says in which. Models are told apart by their base identifier: another scope prefix or context suffix is no other model.
    """

    reference: ModelReference
    before: tuple[Choice, ...]
    after: tuple[Choice, ...]
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings of two revisions set side by side; each part keeps the order it was given in.

    `unchanged` holds both sides of each pair, the old one first. A finding of the old side that something silences now is in
    no part: it is not there any more, and it is not fixed.
    """

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    unchanged: tuple[tuple[Finding, Finding], ...]


def swaps(
    before: Iterable[ModelReference], after: Iterable[ModelReference], renames: Mapping[str, str] | None = None
) -> tuple[Swap, ...]:
    """The routes found on both sides whose models differ, in the order of `after`; permissions and new routes are none.

    A route is known by its file, symbol and calling root; where it left its file, by its name and sink elsewhere. Where a side
    cannot be told in part, only what is certain counts.
    """
    old, new = _routes(before, renames or {}), _routes(after, {})
    steps: list[_Step[_Route]] = [
        _Step(lambda route: (route.path, route.name, route.root, route.sink, route.models)),
        _Step(lambda route: (route.path, route.name, route.root, route.sink)),
        _Step(lambda route: (route.path, route.name, route.sink)),
        _Step(lambda route: (route.name, route.sink, route.models)),
        # A `handler` is in every function's folder: moved and changed at once is believed only where one name left and came.
        _Step(lambda route: (PurePosixPath(route.path).name, route.name, route.sink), unique=True),
        _Step(lambda route: (route.name, route.sink), unique=True),
    ]
    paired = {right: left for left, right in _pair(old, new, steps)}
    return tuple(
        swap
        for index, route in enumerate(new)
        if index in paired
        for swap in _between(old[paired[index]].reference, route.reference)
    )


def compare(
    before: Sequence[Finding],
    after: Sequence[Finding],
    silenced: Sequence[Finding] = (),
    renames: Mapping[str, str] | None = None,
    line_before: Callable[[Finding], str] = lambda finding: "",
    line_after: Callable[[Finding], str] = lambda finding: "",
) -> Comparison:
    """The findings `after` parted into new and unchanged ones, and those of `before` that are fixed.

    `silenced` are those of the new side that are suppressed. `line_before` and `line_after` give the line of code a finding
    stands on, without its indentation: it tells a renamed function from another one.
    """
    old = [_Mark(each, renames or {}, line_before) for each in before]
    new = [_Mark(each, {}, line_after) for each in after]
    steps: list[_Step[_Mark]] = [
        _Step(lambda mark: (*mark.place, mark.finding.message)),
        _Step(lambda mark: mark.place),
        _Step(lambda mark: (mark.finding.rule, mark.finding.model, mark.name, mark.finding.message) if mark.name else None),
        _Step(
            lambda mark: (
                (mark.finding.rule, mark.finding.model, mark.path, mark.finding.message, mark.line) if mark.line else None
            )
        ),
    ]
    paired = dict(_pair(old, new, steps))
    kept = set(paired.values())
    gone = [mark for index, mark in enumerate(old) if index not in paired]
    hidden = {left for left, _ in _pair(gone, [_Mark(each, {}, line_after) for each in silenced], steps)}
    return Comparison(
        tuple(mark.finding for index, mark in enumerate(new) if index not in kept),
        tuple(mark.finding for index, mark in enumerate(gone) if index not in hidden),
        tuple((old[left].finding, new[right].finding) for left, right in sorted(paired.items(), key=lambda pair: pair[1])),
    )


def name_in_file(symbol: str) -> str:
    """A symbol without the module or file it starts with, and without its number among equal ones.

    It stays the same where the file is renamed or read from another folder, and where one of the others is mended.
    """
    module, colon, name = symbol.partition(":")
    return _NUMBER.sub("", name if colon and name and not set(module) & set("/[") else symbol)


@dataclass(frozen=True)
class _Step(Generic[T]):
    """What two things have in common where they are the same; None never is. `unique` wants one of it on each side."""

    key: Callable[[T], Hashable]
    unique: bool = False


def _pair(old: Sequence[T], new: Sequence[T], steps: Sequence[_Step[T]]) -> list[tuple[int, int]]:
    """Which of `old` is which of `new`, by index; equal ones are paired in order."""
    left, right = dict(enumerate(old)), dict(enumerate(new))
    pairs: list[tuple[int, int]] = []
    for step in steps:
        waiting, coming = _grouped(left, step), _grouped(right, step)
        for key, indexes in waiting.items():
            others = coming.get(key, [])
            if step.unique and (len(indexes), len(others)) != (1, 1):
                continue
            for pair in zip(indexes, others, strict=False):
                pairs.append(pair)
                del left[pair[0]], right[pair[1]]
    return pairs


def _grouped(items: Mapping[int, T], step: _Step[T]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for index, item in items.items():
        key = step.key(item)
        if key is not None:
            groups.setdefault(key, []).append(index)
    return groups


@dataclass(frozen=True, slots=True)
class _Route:
    """A route as the new side would name it; `models` tells whether two take the same."""

    reference: ModelReference
    path: str
    name: str
    root: str
    sink: str
    models: Hashable


def _routes(references: Iterable[ModelReference], renames: Mapping[str, str]) -> list[_Route]:
    folders = _renamed_folders(renames)
    return [
        _Route(
            each,
            renames.get(each.location.path, each.location.path),
            name_in_file(each.location.symbol),
            folders.get(each.root, each.root),
            each.sink,
            frozenset((choice.model.base, _environments(each, choice)) for choice in each.choices),
        )
        for each in references
        if each.kind is not Kind.GRANT
    ]


@dataclass(frozen=True)
class _Mark:
    """A finding as the new side would place it."""

    finding: Finding
    renames: Mapping[str, str]
    source_line: Callable[[Finding], str]

    @property
    def path(self) -> str:
        """Its file."""
        return self.renames.get(self.finding.location.path, self.finding.location.path)

    @property
    def name(self) -> str:
        """Its symbol inside the file."""
        return name_in_file(self.finding.location.symbol)

    @property
    def place(self) -> tuple[str, str, str, str | None]:
        """What its fingerprint is made of."""
        return (self.finding.rule, self.path, self.name, self.finding.model)

    @property
    def line(self) -> str:
        """The line of code it stands on."""
        return self.source_line(self.finding)


def _renamed_folders(renames: Mapping[str, str]) -> dict[str, str]:
    """Folder -> what it is called now, where every file that left it under its own name went to one folder."""
    moved: dict[str, set[str]] = {}
    for old, new in renames.items():
        was, now = PurePosixPath(old), PurePosixPath(new)
        if was.name == now.name:
            moved.setdefault(str(was.parent), set()).add(str(now.parent))
    return {folder: next(iter(places)) for folder, places in moved.items() if len(places) == 1}


def _between(old: ModelReference, new: ModelReference) -> Iterator[Swap]:
    """The changes of one route's models, environments with the same change together."""
    names = sorted({name for route in (old, new) for choice in route.choices for name in _environments(route, choice)})
    changed: dict[tuple[frozenset[str], frozenset[str]], _Change] = {}
    for name in (*names, None):
        was, now = _holding(old, name), _holding(new, name)
        models = frozenset(each.model.base for each in was), frozenset(each.model.base for each in now)
        # A model that came may have been among those that could not be told before, one that went among those now.
        came = models[1] - models[0] and old.unknown is None
        went = models[0] - models[1] and new.unknown is None
        if was and now and (came or went):
            change = changed.setdefault(models, _Change())
            change.before.update(dict.fromkeys(was))
            change.after.update(dict.fromkeys(now))
            change.environments.extend([] if name is None else [name])
    for change in changed.values():
        yield Swap(new, tuple(change.before), tuple(change.after), tuple(change.environments))


@dataclass(frozen=True)
class _Change:
    """The same change of models in several environments, as it is gathered."""

    before: dict[Choice, None] = field(default_factory=dict)
    after: dict[Choice, None] = field(default_factory=dict)
    environments: list[str] = field(default_factory=list)


def _environments(reference: ModelReference, choice: Choice) -> tuple[str, ...]:
    return choice.environments or reference.environments


def _holding(reference: ModelReference, environment: str | None) -> tuple[Choice, ...]:
    """The choices that hold in an environment: those that say so, else those that say nothing."""
    saying = [each for each in reference.choices if environment in _environments(reference, each)]
    return tuple(saying or [each for each in reference.choices if not _environments(reference, each)])
