"""The two sides of a comparison: what is judged (the work tree, or the index), and the commit it is compared with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from routelint import changes
from routelint.changes import Swap
from routelint.cli import errors
from routelint.cli.git import Commit, Difference, Entry, Repository
from routelint.cli.objects import GitError
from routelint.cli.session import DISK, Session, Side, load_policy
from routelint.collect import Collected, DiskTree, collect_tree, units
from routelint.collect.revision import Blob, RevisionTree
from routelint.deferred import dataclass
from routelint.model import Diff, Finding, Report
from routelint.policy import Policy
from routelint.source import SourceTree


@dataclass(frozen=True)
class Files:
    """The files of a commit or of the index, by their path in the repository."""

    repository: Repository
    entries: Mapping[str, Entry]

    def side(self, gather: Callable[[Path, Sequence[str], Callable[[int, int], None]], Collected]) -> Side:
        """These files as the side of a session; `gather` collects them. What lies outside the repository is on disk."""
        return Side(gather, self.tree, self.read, self.is_file)

    def below(self, folder: Path) -> dict[str, Blob]:
        """The files below a folder, by their path in it; submodules hold none."""
        prefix = self._prefix(folder)
        return {
            path[len(prefix) :]: Blob(entry.id, entry.is_link)
            for path, entry in self.entries.items()
            if path.startswith(prefix) and not entry.is_submodule
        }

    def tree(self, folder: Path) -> SourceTree:
        """The files below a folder as a tree."""
        return RevisionTree(self.below(folder), self.repository.store, DiskTree(folder, ()))

    def read(self, path: Path) -> bytes:
        """The bytes of a file by its absolute path."""
        name = self._name(path)
        if name is None:
            return path.read_bytes()
        data = self._whole.read(name)
        if data is None:
            raise FileNotFoundError(2, "No such file in this revision", os.fspath(path))
        return data

    def is_file(self, path: Path) -> bool:
        """Whether there is a file at an absolute path; git's own data are always where they are on disk."""
        name = self._name(path)
        return path.is_file() if name is None or ".git" in path.parts else name in self.entries

    @cached_property
    def _whole(self) -> SourceTree:
        return self.tree(self.repository.work_tree)

    def _name(self, path: Path) -> str | None:
        absolute = Path(os.path.normpath(path))
        if not absolute.is_relative_to(self.repository.work_tree):
            return None
        return absolute.relative_to(self.repository.work_tree).as_posix()

    def _prefix(self, folder: Path) -> str:
        return prefix_of(folder, self.repository)


def prefix_of(folder: Path, repository: Repository) -> str:
    """What the repository's paths of files below a folder start with; empty, or ending with a slash."""
    relative = folder.relative_to(repository.work_tree).as_posix()
    return "" if relative == "." else f"{relative}/"


def staged_side(repository: Repository) -> Side:
    """The index: what a commit made now would hold. Files that the work tree has the same are read there."""
    files = Files(repository, repository.index_entries())

    def gather(root: Path, exclude: Sequence[str], on_progress: Callable[[int, int], None]) -> Collected:
        blobs, prefix = files.below(root), prefix_of(root, repository)
        unstaged = repository.unstaged()
        same = frozenset(
            path
            for path, blob in blobs.items()
            # A sparse work tree lacks files that git counts as unchanged.
            if not blob.link and prefix + path not in unstaged and (root / path).is_file()
        )
        return collect_tree(
            RevisionTree(blobs, repository.store, DiskTree(root, sorted(same)), same, exclude), on_progress=on_progress
        )

    return files.side(gather)


@dataclass(frozen=True)
class Compared:
    """The older side of a comparison: its session, the commit, and old path -> new path relative to the scanned root.

    `remarks` are about the comparison itself.
    """

    session: Session
    commit: Commit
    renames: Mapping[str, str]
    remarks: tuple[str, ...] = ()

    def swaps(self, newer: Session) -> tuple[Swap, ...]:
        """The routes that take other models than they did."""
        return changes.swaps(self.session.resolved.references, newer.resolved.references, self.renames)

    def reported(self, newer: Session) -> Callable[[str], bool]:
        """Which paths of the older side the user asked for: those whose file of today was."""
        return lambda path: newer.reported(self.renames.get(path, path))

    def compare(self, report: Report, before: Report, newer: Session) -> Report:
        """The report with its new findings only, and with what it was compared with: `before` is that of this side."""
        silenced = [each.finding for each in report.suppressed]
        found = changes.compare(
            before.findings, report.findings, silenced, self.renames, _line_in(self.session), _line_in(newer)
        )
        diff = Diff(self.commit.ref, self.commit.id, found.fixed, len(found.unchanged))
        return replace(report, findings=found.new, notices=(*report.notices, *self.remarks), diff=diff)


def _line_in(session: Session) -> Callable[[Finding], str]:
    """Gives the line a finding stands on, without its indentation."""

    def line(finding: Finding) -> str:
        text = session.text(finding.location.path)
        return "" if text is None else text.line(finding.location.span.start_line).strip()

    return line


def open_older(
    repository: Repository,
    commit: Commit,
    newer: Session,
    open_: Callable[[Side, Policy], Session],
    rule_ids: Collection[str],
    policy_path: Path | None,
    *,
    staged: bool,
) -> Compared:
    """The commit's side, judged by the policy it has itself; a file that is the same on both sides is looked at once.

    `open_` opens a session over a side under a policy.

    Raises:
        GitError: the clone lacks contents that are needed.
    """
    files = Files(repository, repository.entries(commit))
    difference = repository.difference(commit, staged=staged)
    prefix = prefix_of(newer.root, repository)
    blobs = files.below(newer.root)
    at_hand = newer.collected.tree
    new_paths = frozenset(at_hand.paths())
    moved = tuple(
        path.removeprefix(prefix)
        for path, entry in sorted(files.entries.items())
        if entry.is_submodule and path.startswith(prefix) and path in difference.touched
    )
    submodules = tuple(f"{path.removeprefix(prefix)}/" for path, entry in files.entries.items() if entry.is_submodule)
    same = frozenset(
        path
        for path in new_paths
        if (path in blobs and not blobs[path].link and prefix + path not in difference.touched) or path.startswith(submodules)
    )
    # What is unchanged and not among the new files was left out there: ignored folders, or a sparse work tree.
    old = {path: blob for path, blob in blobs.items() if prefix + path in difference.touched or path in new_paths}
    _require(repository, commit, [old[path].id for path in old if path not in same and units.language_of(path) is not None])

    def gather(root: Path, exclude: Sequence[str], on_progress: Callable[[int, int], None]) -> Collected:
        tree = RevisionTree(old, repository.store, at_hand, same, exclude)
        return collect_tree(tree, seen=newer.collected, same=same, on_progress=on_progress)

    side = files.side(gather)
    policy, remarks = _older_policy(newer, side, rule_ids, policy_path, commit)
    renames = _inside(difference, prefix)
    renames.update(_renamed_untracked(repository, {path: old[path] for path in old if path not in new_paths}, newer, renames))
    if moved:
        names = ", ".join(f"'{path}'" for path in moved)
        remarks.append(f"what changed inside of submodule {names} is not compared with {commit.short}")
    # Where nothing differs the older side is the newer one: a commit of documents alone costs one scan, not two.
    unchanged = policy is newer.policy and same == new_paths and not old.keys() - same
    return Compared(newer if unchanged else open_(side, policy), commit, renames, tuple(remarks))


def _require(repository: Repository, commit: Commit, ids: Sequence[str]) -> None:
    """Raises where contents are missing, as they may be in a partial clone: nothing is fetched behind the user's back."""
    missing = sum(1 for blob_id in ids if repository.store.size(blob_id) is None)
    if missing:
        raise GitError(
            f"this clone lacks the contents of {missing} files of {commit.short} that changed since; it is a partial clone:"
            f" 'git diff --stat {commit.short}' fetches them"
        )


def _older_policy(
    newer: Session, side: Side, rule_ids: Collection[str], policy_path: Path | None, commit: Commit
) -> tuple[Policy, list[str]]:
    """The policy the older side had, and what is to be said of it.

    Judged by its own policy, a finding is new where merging the change makes it appear, whether code or policy changed. Where
    there was no policy, or a faulty one, there is no older yardstick, and the new one is laid on both.
    """
    policy = newer.policy
    if policy.path is None:
        return policy, []
    files = [newer.root / file for file in policy.files]
    try:
        if all(side.is_file(file) and side.read(file) == newer.side.read(file) for file in files):
            return policy, []
        older = load_policy(policy_path, newer.root, rule_ids, side)
    except (errors.PolicyFault, OSError):
        return policy, [f"the policy of {commit.short} cannot be used; both sides are judged by the new one"]
    if older.path is None:
        return policy, [f"{commit.short} had no policy; both sides are judged by the new one"]
    return older, [f"the policy is another one than that of {commit.short}; each side is judged by its own"]


def _inside(difference: Difference, prefix: str) -> dict[str, str]:
    """The renames that stay below the scanned root, relative to it."""
    return {
        old.removeprefix(prefix): new.removeprefix(prefix)
        for old, new in difference.renames.items()
        if old.startswith(prefix) and new.startswith(prefix)
    }


def _renamed_untracked(
    repository: Repository, gone: Mapping[str, Blob], newer: Session, known: Mapping[str, str]
) -> dict[str, str]:
    """Files that were renamed without telling git: gone from where they were, and untracked with the same content elsewhere."""
    wanted = {blob.id: path for path, blob in sorted(gone.items(), reverse=True) if path not in known and not blob.link}
    if not wanted or newer.side is not DISK:
        return {}
    prefix = prefix_of(newer.root, repository)
    tracked = repository.index_entries()
    found: dict[str, str] = {}
    for path in newer.collected.tree.paths():
        if prefix + path not in tracked:
            data = newer.collected.tree.read(path)
            old = None if data is None else wanted.pop(_blob_id(data, repository), None)
            if old is not None:
                found[old] = path
    return found


def _blob_id(data: bytes, repository: Repository) -> str:
    """The name git would give to a content."""
    digest = hashlib.new(repository.algorithm, usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()
