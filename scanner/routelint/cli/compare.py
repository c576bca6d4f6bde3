"""`scan --diff` and `--staged`: both sides of a change judged, and what is new told from what was there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from routelint import changes
from routelint.changes import Swap
from routelint.cli import git, sides
from routelint.cli.git import Commit, Repository
from routelint.cli.session import DISK, Session, Side
from routelint.cli.sides import Compared
from routelint.deferred import dataclass
from routelint.model import Diff, Finding, Report
from routelint.policy import Policy


@dataclass(frozen=True)
class Comparing:
    """What a scan is asked to compare: the commit, and whether the index is judged instead of the work tree."""

    repository: Repository
    commit: Commit
    staged: bool

    @property
    def side(self) -> Side:
        """The newer side, the one that is judged."""
        return sides.staged_side(self.repository) if self.staged else DISK

    def older(
        self, newer: Session, open_: Callable[[Side, Policy], Session], rule_ids: Sequence[str], policy_path: Path | None
    ) -> Compared:
        """The older side; `open_` opens a session over a side under a policy."""
        return sides.open_older(self.repository, self.commit, newer, open_, rule_ids, policy_path, staged=self.staged)


def start(stack: ExitStack, root: Path, ref: str | None, *, staged: bool) -> Comparing | None:
    """What is to be compared below `root`; None where nothing is. The index alone is compared with the last commit.

    Raises:
        GitError: git, the repository or the ref is not there, or the history does not reach far enough.
    """
    if ref is None and not staged:
        return None
    repository = stack.enter_context(git.open_repository(root))
    commit = repository.base(ref) if ref is not None else repository.head() or repository.nothing()
    return Comparing(repository, commit, staged)


def swaps(newer: Session, older: Compared) -> tuple[Swap, ...]:
    """The routes that take other models than they did."""
    return changes.swaps(older.session.resolved.references, newer.resolved.references, older.renames)


def reported(newer: Session, older: Compared) -> Callable[[str], bool]:
    """Which paths of the older side the user asked for: those whose file of today was."""
    return lambda path: newer.reported(older.renames.get(path, path))


def compare(report: Report, before: Report, newer: Session, older: Compared) -> Report:
    """The report with its new findings only, and with what it was compared with."""
    found = changes.compare(
        before.findings,
        report.findings,
        [each.finding for each in report.suppressed],
        older.renames,
        _line(older.session),
        _line(newer),
    )
    diff = Diff(older.commit.ref, older.commit.id, found.fixed, len(found.unchanged))
    return replace(report, findings=found.new, notices=(*report.notices, *older.remarks), diff=diff)


def _line(session: Session) -> Callable[[Finding], str]:
    def line(finding: Finding) -> str:
        text = session.text(finding.location.path)
        return "" if text is None else text.line(finding.location.span.start_line).strip()

    return line
