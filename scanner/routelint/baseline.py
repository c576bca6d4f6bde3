"""The baseline: findings that were there when a team adopted a policy, kept out of the way until somebody mends them.

A file with one entry per line, sorted, without dates, lines or commits, so that it changes only where findings do. An entry
is a rule, a path from the root of the repository, a symbol in that file and a model, with a count where there are several:
no number orders them, so that mending one of them moves nothing.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from routelint.changes import name_in_file
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Accepted, Finding, Report, Suppressed
from routelint.policy import Fault, PolicyError, nearest
from routelint.source import NotTextError, decode

NAME = "routelint-baseline.json"
VERSION = 1
BY = "baseline"

_WRITES = "a file that 'routelint baseline' writes"
_KEYS = ("rule", "path", "symbol", "model", "count")
_REQUIRED = ("rule", "path", "symbol")
_TOP_KEYS = ("$schema", "version", "findings")
_SPACE = lazy_regex(r"[ \t\r\n]*")
_CONFLICT = lazy_regex(r"^(?:<{7}|>{7}|={7}|\|{7})(?: |$)", re.MULTILINE)
# Not encodable, or not seen by who reviews the file: halves of surrogate pairs, controls, marks that turn the reading order.
_ESCAPED = lazy_regex("[\ud800-\udfff\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

Key = tuple[str, str, str, str | None]


class BaselineError(PolicyError):
    """A baseline that cannot be used; holds every fault, sorted by place."""


@dataclass(frozen=True)
class Baseline:
    """The entries of a file, and how the file is called in what is said of it."""

    entries: tuple[Accepted, ...]
    name: str = NAME


def load(data: bytes, path: str) -> tuple[Accepted, ...]:
    """The entries of a baseline file, sorted.

    Raises:
        BaselineError: it is no text, no JSON, or no baseline; lists every fault with its place in `path`.
    """
    try:
        text = decode(path, data).text
    except NotTextError as error:
        raise BaselineError([Fault(path, 1, 1, f"cannot read the baseline: {error}", _WRITES)]) from error
    reader = _Reader(text, path)
    entries = reader.entries()
    if reader.faults:
        raise BaselineError(reader.faults)
    return tuple(sorted(entries, key=_order))


def dump(entries: Iterable[Accepted]) -> str:
    """The text of a baseline file: the same for the same entries, whatever order they come in."""
    lines = ",\n".join(f"    {_written(each)}" for each in sorted(entries, key=_order))
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {body}\n}}\n'


def accept(findings: Iterable[Finding], in_repository: Callable[[str], str]) -> tuple[Accepted, ...]:
    """Entries that accept the findings, sorted; `in_repository` leads from a path of the report to the repository's.

    What lies outside of the repository is nothing that a file in it can accept, and is left out.
    """
    counts = Counter(_key(each, in_repository) for each in findings)
    return tuple(sorted((_entry(key, count) for key, count in counts.items() if _is_inside(key[0])), key=_order))


def unite(*parts: Iterable[Accepted]) -> tuple[Accepted, ...]:
    """The entries of several parts, each once with its highest count, sorted."""
    counts: dict[Key, int] = {}
    for entry in itertools.chain(*parts):
        key = (entry.path, entry.symbol, entry.rule, entry.model)
        counts[key] = max(entry.count, counts.get(key, 0))
    return tuple(sorted((_entry(key, count) for key, count in counts.items()), key=_order))


def apply(
    report: Report,
    baseline: Baseline,
    in_repository: Callable[[str], str],
    waivable: Callable[[str], bool],
    in_scope: Callable[[Accepted], bool],
) -> Report:
    """The report with accepted findings among the suppressed ones, and the entries that accept nothing any more.

    `waivable` says whether a rule may be silenced; `in_scope` whether the scan would have seen a finding of an entry, so that
    its absence means something. Of more findings at a place than are accepted, the last ones stand.
    """
    left = {(each.path, each.symbol, each.rule, each.model): each.count for each in baseline.entries}
    kept: list[Finding] = []
    accepted: list[Suppressed] = []
    refused = 0
    for finding in report.findings:
        key = _key(finding, in_repository)
        if left.get(key, 0) <= 0:
            kept.append(finding)
        elif not waivable(finding.rule):
            refused += 1
            left[key] -= 1
            kept.append(finding)
        else:
            left[key] -= 1
            accepted.append(Suppressed(finding, BY, f"accepted in '{baseline.name}'"))
    unread = {in_repository(error.path) for error in report.errors}
    surplus = (_entry(key, count) for key, count in left.items() if count > 0 and key[0] not in unread)
    stale = tuple(sorted(filter(in_scope, surplus), key=_order))
    suppressed = sorted([*report.suppressed, *accepted], key=lambda each: _finding_order(each.finding))
    return replace(
        report,
        findings=tuple(kept),
        suppressed=tuple(suppressed),
        stale=stale,
        notices=(*report.notices, *_notices(baseline.name, stale, refused)),
    )


def without(entries: Iterable[Accepted], stale: Iterable[Accepted]) -> tuple[Accepted, ...]:
    """The entries less what is stale, sorted."""
    gone = {(each.path, each.symbol, each.rule, each.model): each.count for each in stale}
    lowered = (
        replace(each, count=each.count - gone.get((each.path, each.symbol, each.rule, each.model), 0)) for each in entries
    )
    return tuple(sorted((each for each in lowered if each.count > 0), key=_order))


def _notices(name: str, stale: Sequence[Accepted], refused: int) -> Iterator[str]:
    if stale:
        first = stale[0]
        entries = "1 entry" if len(stale) == 1 else f"{len(stale):,} entries"
        matches, them = ("matches", "it") if len(stale) == 1 else ("match", "them")
        example = f"'{first.rule}' in '{first.path}'" + ("" if len(stale) == 1 else " among them")
        yield f"{entries} of '{name}' {matches} no finding any more, {example}; 'routelint baseline --update' removes {them}"
    if refused:
        findings = "1 finding" if refused == 1 else f"{refused:,} findings"
        yield f"'{name}' accepts {findings} of rules that may not be silenced; a policy marks them 'waivable: false'"


def _key(finding: Finding, in_repository: Callable[[str], str]) -> Key:
    # The module a symbol starts with depends on the folder that was scanned, and the path says it already.
    symbol = name_in_file(finding.location.symbol)
    return (in_repository(finding.location.path), symbol, finding.rule, finding.model)


def _entry(key: Key, count: int) -> Accepted:
    return Accepted(*key, count)


def _order(entry: Accepted) -> tuple[str, str, str, str]:
    return (entry.path, entry.symbol, entry.rule, entry.model or "")


def _finding_order(finding: Finding) -> tuple[object, ...]:
    return (finding.location, finding.rule, finding.model or "", finding.message)


def _is_inside(path: str) -> bool:
    return path != ".." and not path.startswith(("/", "../"))


def _written(entry: Accepted) -> str:
    values: dict[str, object] = {"rule": entry.rule, "path": entry.path, "symbol": entry.symbol}
    if entry.model is not None:
        values["model"] = entry.model
    if entry.count != 1:
        values["count"] = entry.count
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(values, ensure_ascii=False))


class _Reader:
    """One reading of a baseline's text. JSON is taken apart here only as far as places are needed for faults."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._decoder = json.JSONDecoder()
        self.faults: list[Fault] = []

    def entries(self) -> list[Accepted]:
        """The entries that are valid; `faults` says what is not."""
        conflict = _CONFLICT.search(self._text)
        if conflict is not None:
            self._fault(conflict.start(), "a merge conflict stands here", "entries of both sides, or a baseline written anew")
            return []
        try:
            return self._entries()
        except json.JSONDecodeError as error:
            message = error.msg[:1].lower() + error.msg[1:]
            self._fault(error.pos, f"the baseline is not JSON: {message}", _WRITES)
        except (RecursionError, ValueError):
            self._fault(0, "the baseline is not JSON that can be read: too deep, or a number too long", _WRITES)
        return []

    def _entries(self) -> list[Accepted]:
        start = self._space(0)
        document, end = self._decoder.raw_decode(self._text, start)
        rest = self._space(end)
        if rest < len(self._text):
            self._fault(rest, "something follows the end of the baseline", "nothing")
        if not isinstance(document, dict):
            self._fault(start, "the baseline is no object", "an object with 'version' and 'findings'")
            return []
        places = {key: (key_at, value_at) for key, key_at, value_at in self._members(start)}
        self._unknown_keys(places, _TOP_KEYS)
        for key in ("version", "findings"):
            if key not in document:
                self._fault(start, f"key '{key}' is missing", _WRITES)
        version = document.get("version", VERSION)
        if version != VERSION or isinstance(version, bool):
            self._fault(
                places["version"][1], f"version {json.dumps(version)[:40]} is not known", f"{VERSION}; or a newer routelint"
            )
            return []
        found = document.get("findings", [])
        if not isinstance(found, list):
            self._fault(places["findings"][1], "'findings' is no list", "a list of entries")
            return []
        return list(self._valid(found, places.get("findings", (0, 0))[1])) if found else []

    def _valid(self, found: Sequence[Any], list_at: int) -> Iterator[Accepted]:
        seen: dict[Key, int] = {}
        for value, at in zip(found, self._items(list_at), strict=True):
            before = len(self.faults)
            if not isinstance(value, dict):
                self._fault(at, "an entry is no object", "an object with 'rule', 'path' and 'symbol'")
                continue
            if not _is_plainly_valid(value):
                self._judge(value, at)
            if len(self.faults) > before:
                continue
            entry = Accepted(value["path"], value["symbol"], value["rule"], value.get("model"), value.get("count", 1))
            key = (entry.path, entry.symbol, entry.rule, entry.model)
            if key in seen:
                line = self._place(seen[key])[0]
                self._fault(
                    at, f"the same entry stands on line {line}", "each entry once, with a 'count' where there are several"
                )
                continue
            seen[key] = at
            yield entry

    def _judge(self, value: Mapping[str, Any], at: int) -> None:
        """What is wrong with one entry."""
        places = {key: (key_at, value_at) for key, key_at, value_at in self._members(at)}
        self._unknown_keys(places, _KEYS)
        for key in _REQUIRED:
            if key not in value:
                self._fault(at, f"key '{key}' is missing", "'rule', 'path' and 'symbol' in each entry")
        for key, (_, value_at) in places.items():
            part = value[key]
            if key in (*_REQUIRED, "model") and not isinstance(part, str) and not (key == "model" and part is None):
                self._fault(value_at, f"'{key}' is no text", "a text in quotes")
            elif key == "count" and (not isinstance(part, int) or isinstance(part, bool) or part < 1):
                self._fault(value_at, "'count' is no number of findings", "a whole number from 1")
            elif key == "path" and not _is_inside(part):
                self._fault(value_at, "'path' leads out of the repository", "a path from the repository's root")

    def _unknown_keys(self, places: Mapping[str, tuple[int, int]], known: Sequence[str]) -> None:
        for key, (at, _) in places.items():
            if key not in known:
                near = nearest(key, known)
                shown = json.dumps(key)[1:-1][:60]
                self._fault(at, f"unknown key '{shown}'", f"one of {', '.join(known)}", f"key '{near}'" if near else "")

    def _members(self, at: int) -> Iterator[tuple[str, int, int]]:
        """Each key of the object at an offset, with the offsets of key and value. The text is JSON."""
        at = self._space(at + 1)
        while self._text[at] != "}":
            key, end = self._decoder.raw_decode(self._text, at)
            value_at = self._space(self._space(end) + 1)
            yield key, at, value_at
            at = self._after(value_at)

    def _items(self, at: int) -> Iterator[int]:
        """The offset of each item of the list at an offset. The text is JSON."""
        at = self._space(at + 1)
        while self._text[at] != "]":
            yield at
            at = self._after(at)

    def _after(self, value_at: int) -> int:
        """Where what follows a value and its comma starts."""
        _, end = self._decoder.raw_decode(self._text, value_at)
        end = self._space(end)
        return self._space(end + 1) if self._text[end] == "," else end

    def _space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        assert found is not None
        return found.end()

    def _place(self, at: int) -> tuple[int, int]:
        return self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)

    def _fault(self, at: int, fact: str, expected: str, near: str = "") -> None:
        self.faults.append(Fault(self._path, *self._place(at), fact, expected, near))


def _is_plainly_valid(value: Mapping[str, Any]) -> bool:
    """Whether an entry is as the program writes it: thousands are, and need no look at their places."""
    texts = (value.get("rule"), value.get("path"), value.get("symbol"), value.get("model", ""))
    count = value.get("count", 1)
    return (
        all(key in _KEYS for key in value)
        and all(isinstance(text, str) for text in texts)
        and type(count) is int
        and count >= 1
        and _is_inside(str(value["path"]))
    )
