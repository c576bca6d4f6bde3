"""When lines that decide a justified route's model last changed: an approval older than the model it is for counts no more.

Only what is certain is told. A line is left out where it is new (a model came, none changed), not committed, merely rewritten
around the same model, or committed no later than the approvals themselves: a change and its approval that arrive in one merge
belong together, whatever day somebody signed.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from routelint import model_id
from routelint.cli import git
from routelint.cli.git import Commit, Repository
from routelint.cli.objects import GitError
from routelint.cli.session import Session
from routelint.cli.sides import prefix_of
from routelint.deferred import dataclass
from routelint.model import Choice, Location
from routelint.policy import Justification

SECONDS = 10.0
MOST_FILES = 100
MOST_LINES = 500
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """A line as blame knows it: its commit, when that was written and when it came into this history, and what was before.

    `previous` names the file's content before the commit, empty where the commit added the file.
    """

    commit: str
    written: int
    committed: int
    boundary: bool
    previous: str


def changed_on(
    places: Mapping[Location, Sequence[tuple[Choice, Justification]]], session: Session, commit: Commit | None = None
) -> Mapping[Location, date] | None:
    """The day each deciding line of a justified route changed its model, by location; None where no git history is at hand.

    `places` are those lines, with what they decide. `commit` is the one a session was opened on, None for what is judged now.
    """
    try:
        with git.open_repository(session.root) as repository:
            return _days(places, session, repository, commit)
    except GitError:
        return None


def _days(
    places: Mapping[Location, Sequence[tuple[Choice, Justification]]],
    session: Session,
    repository: Repository,
    commit: Commit | None,
) -> Mapping[Location, date] | None:
    blame = _Blame(places, session, repository, commit)
    days: dict[Location, date] = {}
    for location, uses in sorted(places.items()):
        line = blame.line(location)
        if line is None:
            continue
        if line.boundary and repository.is_shallow:
            # Everything older than a shallow clone looks as if it were written on the day the clone starts at.
            return None
        if not line.commit.strip("0"):
            continue
        approved = [blame.line(each.location) for _, entry in uses for each in entry.approvals if each.location is not None]
        if any(each is not None and each.committed >= line.committed for each in approved):
            continue
        if _changed_model(line, [choice for choice, _ in uses], repository):
            days[location] = datetime.fromtimestamp(line.written, UTC).date()
    return days


def _changed_model(line: Line, choices: Iterable[Choice], repository: Repository) -> bool:
    """Whether the commit put the models in the place of others: the file had models before, and none of these."""
    before = _content(line.previous, repository)
    if before is None:
        return False
    had_models = next(iter(model_id.find_all(before)), None) is not None
    return had_models and not any(choice.model.base in before for choice in choices)


def _content(name: str, repository: Repository) -> str | None:
    size = repository.store.size(name) if name else None
    if size is None or size > MOST_BYTES:
        return None
    chunks: list[bytes] = []
    repository.store.stream(name, chunks.append)
    return b"".join(chunks).decode("utf-8", "replace")


class _Blame:
    """Who wrote which line, file by file, within a time and a number of files."""

    def __init__(self, places: Iterable[Location], session: Session, repository: Repository, commit: Commit | None) -> None:
        self._session = session
        self._repository = repository
        self._commit = commit
        self._end = time.monotonic() + SECONDS
        self._files: dict[str, Mapping[int, Line]] = {}
        self._wanted = _wanted_lines(places, session)

    def line(self, location: Location) -> Line | None:
        """The line a location starts on; None where git cannot say. One not committed yet has an id of zeros, and is of now."""
        path = location.path
        if path not in self._files:
            self._files[path] = self._blamed(path)
        return self._files[path].get(location.span.start_line)

    def _blamed(self, path: str) -> Mapping[int, Line]:
        left = self._end - time.monotonic()
        lines = sorted(self._wanted.get(path, ()))[:MOST_LINES]
        if left <= 0 or len(self._files) >= MOST_FILES or path.startswith("/"):
            return {}
        whole = posixpath.normpath(prefix_of(self._session.root, self._repository) + path)
        try:
            data = self._session.side.read(self._session.root / path)
            text = self._repository.blame(whole, lines, left, data if self._commit is None else self._commit)
        except (OSError, GitError):
            return {}
        return parse(text)


def _wanted_lines(places: Iterable[Location], session: Session) -> dict[str, set[int]]:
    """Path -> the lines that are asked for: deciding ones and those of approvals."""
    lines: dict[str, set[int]] = {}
    locations = [*places]
    locations += [each.location for entry in session.policy.justifications for each in entry.approvals if each.location]
    for location in locations:
        lines.setdefault(location.path, set()).add(location.span.start_line)
    return lines


def parse(text: str) -> dict[int, Line]:
    """Line number -> what `git blame --porcelain` says of it; the facts of a commit stand at its first line only."""
    facts: dict[str, dict[str, str]] = {}
    lines: dict[int, str] = {}
    commit = ""
    for row in text.split("\n"):
        words = row.split(" ")
        if row.startswith("\t"):
            commit = ""
        elif commit:
            facts[commit][words[0]] = row.partition(" ")[2]
        elif len(words) >= 3 and words[1].isdigit() and words[2].isdigit():
            commit = words[0]
            facts.setdefault(commit, {})
            lines[int(words[2])] = commit
    return {number: _line(each, facts[each]) for number, each in lines.items()}


def _line(commit: str, facts: Mapping[str, str]) -> Line:
    before, _, path = facts.get("previous", "").partition(" ")
    # A path that git quotes has a name nobody can ask for in one line.
    previous = f"{before}:{path}" if path and not path.startswith('"') else ""
    return Line(commit, int(facts.get("author-time", 0)), int(facts.get("committer-time", 0)), "boundary" in facts, previous)
