"""`scan --diff` and `--staged`: what is judged, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from routelint.cli import git, sides
from routelint.cli.git import Commit, Repository
from routelint.cli.session import DISK, Session, Side
from routelint.cli.sides import Compared
from routelint.deferred import dataclass
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


def start(stack: ExitStack, root: Path, ref: str | None, *, staged: bool) -> Comparing:
    """What is to be compared below `root`, as long as `stack` is open; without a `ref` it is the last commit.

    Raises:
        GitError: git, the repository or the ref is not there, or the history does not reach far enough.
    """
    repository = stack.enter_context(git.open_repository(root))
    commit = repository.base(ref) if ref is not None else repository.head() or repository.nothing()
    return Comparing(repository, commit, staged)
