"""Whose approval a change of a file needs, as GitHub reads CODEOWNERS: its places, its patterns, its limits.

Patterns are gitignore's with these differences: `!` and `[ ]` do not work, a `#` cannot be escaped, `docs/*` is what lies
directly in `docs`, the last line that matches decides, and one without owners takes ownership away. A line that breaks these
rules is skipped. Case counts, also where the file system thinks otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import normpath

from routelint.deferred import dataclass, lazy_regex
from routelint.model import START, Location, Span
from routelint.policy.glob import match_sequence
from routelint.source import NotTextError, SourceTree, decode

# Where GitHub looks, in its order: the first file there is counts, whatever it holds.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
MOST_BYTES = 3 * 1024 * 1024

_FIELD = lazy_regex(r"(?:\\.|[^\s\\]|\\$)+")
_OWNER = lazy_regex(r"@[A-Za-z0-9][\w-]*(?:/[A-Za-z0-9_][\w.-]*)?|[^@\s]+@[^@\s]+\.[^@\s.]+")
_ANY_FOLDERS = "**"


@dataclass(frozen=True, slots=True)
class Ownership:
    """A line that counts: a pattern and who owns what it matches; nobody where `owners` is empty."""

    location: Location
    pattern: str
    owners: tuple[str, ...] = ()

    def owns(self, path: str) -> bool:
        """Whether it matches a file, by its path from the root of the repository."""
        segments = _segments(self.pattern)
        return bool(segments) and match_sequence(segments, None, path.split("/"), _same_segment)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that GitHub skips, and why."""

    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """What a CODEOWNERS file says. `base` leads from the repository's root to the scanned root: empty or ending with a slash.

    `fault` says why GitHub does not read the file at all.
    """

    location: Location
    lines: tuple[Ownership, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    fault: str | None = None
    base: str = ""

    def deciding(self, path: str) -> Ownership | None:
        """The line that decides who owns a file of the scan: the last that matches; None where none does."""
        whole = self.in_repository(path)
        if whole is None:
            return None
        return next((line for line in reversed(self.lines) if line.owns(whole)), None)

    def in_repository(self, path: str) -> str | None:
        """A path of the scan from the repository's root; None where it lies outside the repository."""
        whole = normpath(self.base + path)
        return None if path.startswith("/") or whole == ".." or whole.startswith("../") else whole


def is_owner(name: str) -> bool:
    """Whether a name is written as CODEOWNERS writes owners: `@user`, `@organisation/team` or an e-mail address."""
    return _OWNER.fullmatch(name) is not None


def find(tree: SourceTree, up: str = "", base: str = "") -> CodeOwners | None:
    """The CODEOWNERS file that GitHub takes in a repository, given as a tree; None where there is none.

    `up` leads from the scanned root to the repository's, `base` back; both are empty or end with a slash.
    """
    for place in PLACES:
        data = tree.read(place)
        if data is not None:
            return read(data, up + place, base)
    return None


def read(data: bytes, path: str, base: str = "") -> CodeOwners:
    """What the bytes of a CODEOWNERS file say."""
    if len(data) >= MOST_BYTES:
        return CodeOwners(Location(path), fault="it is not smaller than 3 MB", base=base)
    try:
        text = decode(path, data)
    except NotTextError as error:
        return CodeOwners(Location(path), fault=f"it is {error}", base=base)
    lines: list[Ownership] = []
    skipped: list[Skipped] = []
    for number, content in enumerate(text.lines(), 1):
        fields = [match[0] for match in _fields(content)]
        if not fields:
            continue
        span = Span(number, len(content) - len(content.lstrip()) + 1, number, len(content.rstrip()) + 1)
        location = Location(path, span, fields[0])
        reason = _fault(fields)
        if reason is None:
            lines.append(Ownership(location, fields[0], tuple(fields[1:])))
        else:
            skipped.append(Skipped(location, reason))
    return CodeOwners(Location(path, START), tuple(lines), tuple(skipped), base=base)


def _fields(line: str) -> Iterator[re.Match[str]]:
    """The pattern and the owners of a line, up to a comment."""
    for field in _FIELD.finditer(line):
        if field[0].startswith("#"):
            return
        yield field


def _fault(fields: Sequence[str]) -> str | None:
    """Why GitHub skips a line; None where it does not."""
    pattern, *owners = fields
    if pattern.startswith("!"):
        return "'!' does not take files out here; a later line without owners does"
    if pattern.startswith("\\#"):
        return "a '#' at the start cannot be escaped here"
    if "[" in pattern or "]" in pattern:
        return "'[ ]' is no range here; one line for each alternative"
    if "***" in pattern:
        return "'***' is no pattern; '**' stands for any folders"
    wrong = next((owner for owner in owners if not is_owner(owner)), None)
    return None if wrong is None else f"'{wrong}' is no owner; expected @user, @organisation/team or an e-mail address"


def _segments(pattern: str) -> list[str | None]:
    """The pattern folder by folder, None for any number of them; empty where it matches nothing."""
    parts = pattern.split("/")
    if parts[0] == "":
        parts = parts[1:]
    elif len(parts) == 1 or (len(parts) == 2 and parts[1] == ""):
        parts = [_ANY_FOLDERS, *parts]
    if parts == [""]:
        return []
    if parts[-1] in ("", _ANY_FOLDERS):
        # A file of the folder's own name is not in the folder.
        parts[-1:] = ["*", _ANY_FOLDERS]
    elif parts[-1] != "*":
        parts.append(_ANY_FOLDERS)
    return [None if part == _ANY_FOLDERS else part for part in parts]


def _same_segment(pattern: str | None, segment: str) -> bool:
    return pattern is not None and match_sequence(_tokens(pattern), None, segment, _same_character)


def _tokens(pattern: str) -> list[str | None]:
    """The characters of a segment, None for `*`; one that is escaped keeps its backslash, so that it is no wildcard."""
    return [None if token == "*" else token for token in re.findall(r"\\.|.", pattern)]


def _same_character(token: str | None, character: str) -> bool:
    return token in ("?", character, f"\\{character}")
