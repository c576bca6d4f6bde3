"""Wrong identifiers and the known ones they were meant to be: what a person or a price table gets wrong, and how to say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routelint.deferred import dataclass, lazy_regex

# `anthropic.` `claude-sonnet-4-5` `-20250929` `-v1` `:0`; `@` is how another platform writes the date, `.0` and `-0` are how
# people and file names write the revision.
_PARTS = lazy_regex(
    r"(?:(?P<provider>[a-z0-9]+)\.)?(?P<name>.+?)(?P<date>[-@]20\d{6})?(?P<version>-v\d{1,2}(?=[:.]|-0|$))?"
    r"(?P<revision>:\d{1,2}|(?(version)(?:\.\d{1,2}|-0)|(?!)))?"
)
# Before Claude 4 the generation stood before the line: `claude-3-5-sonnet`, then `claude-sonnet-4`.
_OLD_ORDER = lazy_regex(r"claude-(\d(?:-\d)?)-([a-z]+)")


@dataclass(frozen=True, slots=True)
class Near:
    """The known id that a wrong one comes nearest to, and what is wrong with that one: one clause."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Parts:
    provider: str
    name: str
    date: str
    version: str
    revision: str

    @property
    def line(self) -> str:
        """The name however its version is spelt: `claude-sonnet-4-5` for `claude-4.5-sonnet`."""
        return _OLD_ORDER.sub(r"claude-\2-\1", self.name.replace(".", "-"))

    @property
    def tail(self) -> str:
        return self.date + self.version + self.revision


class Slips:
    """Every known id, asked which of them a wrong one was meant to be."""

    def __init__(self, known: Iterable[str]) -> None:
        """Takes the ids of the catalog."""
        lines: dict[str, list[tuple[str, _Parts]]] = defaultdict(list)
        for identity in known:
            parts = _split(identity)
            lines[parts.line].append((identity, parts))
        self._lines: Mapping[str, list[tuple[str, _Parts]]] = lines

    def find(self, wrong: str) -> Near | None:
        """The id of the same model, spelt right; None where no known model is the one that is meant."""
        written = _split(wrong.lower())
        meant = []
        for identity, parts in self._lines.get(written.line, ()):
            differences = _differences(written, parts)
            if differences is not None:
                if wrong != wrong.lower():
                    differences.append("ids are in lower case")
                meant.append((len(differences), identity, differences))
        # Of equally near ones the newest: the greatest date or version.
        fewest = min((count for count, _, _ in meant), default=0)
        nearest = max((each for each in meant if each[0] == fewest), key=lambda each: _split(each[1]).tail, default=None)
        return None if nearest is None or not nearest[2] else Near(nearest[1], ", ".join(nearest[2]))


def _split(identity: str) -> _Parts:
    match = _PARTS.fullmatch(identity)
    if match is None:
        return _Parts("", identity, "", "", "")
    return _Parts(**{key: value or "" for key, value in match.groupdict().items()})


def _differences(written: _Parts, meant: _Parts) -> list[str] | None:
    """What is wrong about the written one, one clause each; None where it names another version of the model."""
    wrong = []
    if written.provider != meant.provider:
        wrong.append(f"the provider is '{meant.provider}'" if written.provider else f"missing '{meant.provider}.'")
    if written.name != meant.name:
        wrong.append(f"the name is spelt '{meant.name}'")
    if written.tail == meant.tail:
        return wrong
    if not written.tail:
        return [*wrong, f"missing '{meant.tail}'"]
    if written.version and meant.version and written.version != meant.version and not (written.date and meant.date):
        return None
    if written.date != meant.date:
        wrong.append(_dated(written.date, meant.date))
    if written.version + written.revision != meant.version + meant.revision:
        wrong.append(_versioned(written, meant))
    return wrong


def _dated(written: str, meant: str) -> str:
    if not written:
        return f"missing '{meant}'"
    return f"the date is '{meant[1:]}'" if meant else f"'{written}' is not part of this id"


def _versioned(written: _Parts, meant: _Parts) -> str:
    had, has = written.version + written.revision, meant.version + meant.revision
    if has.startswith(had):
        return f"missing '{has[len(had) :]}'"
    if had.startswith(has):
        return f"'{had[len(has) :]}' is not part of this id"
    return f"the id ends in '{has}'"
