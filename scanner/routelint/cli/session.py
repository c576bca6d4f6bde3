"""One run over a repository: from the paths and options given to resolved routes, with the policy and catalog they meet."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import field, replace
from datetime import date
from pathlib import Path

import click

from routelint import catalog as known_models
from routelint import codeowners, engine, source
from routelint import policy as policies
from routelint.baseline import NAME as BASELINE
from routelint.catalog import Catalog
from routelint.cli import errors
from routelint.cli.options import shown
from routelint.cli.progress import Progress
from routelint.cli.working import ALONE, Work, begun
from routelint.collect import Collected, DiskTree, collect
from routelint.deferred import dataclass
from routelint.model import ScanError
from routelint.policy import Fault, Policy, PolicyError
from routelint.source import SourceTree


def _collect(root: Path, exclude: Sequence[str], on_progress: Callable[[int, int], None]) -> Collected:
    return collect(root, exclude=exclude, on_progress=on_progress)


@dataclass(frozen=True)
class Side:
    """Which files a session sees: those on disk, those of git's index, or those of a commit.

    `collect` takes a folder, patterns to leave out and what to tell of the progress; `tree` gives the files of a folder by
    their path, without a list of them; `read` and `is_file` take absolute paths.
    """

    collect: Callable[[Path, Sequence[str], Callable[[int, int], None]], Collected] = _collect
    tree: Callable[[Path], SourceTree] = lambda folder: DiskTree(folder, ())
    read: Callable[[Path], bytes] = Path.read_bytes
    is_file: Callable[[Path], bool] = Path.is_file


DISK = Side()


@dataclass(frozen=True)
class Session:
    """What a command works on. `reported` says which paths (relative to `root`) the user asked for.

    `whole` says that everything the policy governs is looked at.
    """

    root: Path
    collected: Collected
    resolved: engine.Resolved
    policy: Policy
    catalog: Catalog
    today: date
    reported: Callable[[str], bool]
    shown_prefix: str
    repository_prefix: str
    misspelt_policy: str | None = None
    whole: bool = True
    side: Side = DISK

    _texts: dict[str, source.SourceText | None] = field(default_factory=dict)

    @property
    def evidence_faults(self) -> tuple[Fault, ...]:
        """What is wrong with the evaluation records, as people would type their paths."""
        records = self.resolved.evidence
        return () if records is None else tuple(replace(each, path=self.shown_prefix + each.path) for each in records.faults)

    def text(self, path: str) -> source.SourceText | None:
        """The decoded text of a scanned file, for code frames; None where it is not text."""
        if path not in self._texts:
            data = self.collected.tree.read(path)
            try:
                self._texts[path] = None if data is None else source.decode(path, data)
            except source.NotTextError:
                self._texts[path] = None
        return self._texts[path]


def open_session(
    paths: Sequence[Path],
    policy_path: Path | None,
    today: date,
    *,
    rule_ids: Collection[str],
    exclude: Sequence[str] = (),
    quiet: bool = False,
    own_policy: bool = True,
    policy: Policy | None = None,
    baseline: Path | None = None,
    side: Side = DISK,
    no_repo_config: bool = False,
    work: Work = ALONE,
) -> Session:
    """Collects, parses and resolves what lies below `paths`, under the policy that governs it.

    Without `own_policy` the built-in profile governs, whatever policy the repository has; a `policy` given governs anyway.
    The `baseline` names models that were found elsewhere, and is not read. With `no_repo_config` nothing in the scanned tree
    decides how it is judged: a policy of its own is not looked for, and directives in it are not obeyed.

    Raises:
        click.UsageError: a path does not exist, or a file to judge by lies in a tree that must not configure the scan.
        PolicyFault: the policy has faults; all of them are shown.
    """
    given = _given(paths)
    root = _root(given)
    whole = not exclude
    if no_repo_config:
        own_policy = own_policy and policy_path is not None
    if policy is None:
        policy = load_policy(policy_path, root, rule_ids, side) if own_policy else policies.default()
    if no_repo_config:
        _refuse_own(root, policy, baseline, work.cache)
    models = known_models.load()
    with Progress(enabled=not quiet and sys.stderr.isatty()) as progress:
        # A policy names models to judge them; it takes none. Nor does the code in its tests, nor a policy that is not in force.
        policy_files = [*(f"/{file}" for file in policy.files), *policies.NAMES, f"*{policies.TESTS}", BASELINE]
        if baseline is not None and baseline.resolve().is_relative_to(root):
            policy_files.append(f"/{baseline.resolve().relative_to(root).as_posix()}")
        exclude = [*exclude, *policy_files]
        collected = side.collect(root, exclude, progress.files)
        # Only files on disk can be read by several processes, and are as they were when their times are.
        work = work if side is DISK else ALONE
        with begun(work, root, exclude, collected) as (tree, run):
            resolved = engine.resolve(
                collected.units,
                tree,
                policy,
                models,
                rule_ids=(*rule_ids, *(rule.id for rule in policy.custom_rules)),
                errors=collected.errors,
                files=collected.files,
                on_unit=progress.unit,
                obeys_directives=not no_repo_config,
                run=run,
            )
    repository = repository_of(root)
    if repository is not None and repository != root:
        above = codeowners.find(side.tree(repository), _prefix(repository, root), _prefix(root, repository))
        resolved = replace(resolved, code_owners=above or resolved.code_owners)
    return Session(
        root,
        collected,
        resolved,
        policy,
        models,
        today,
        _reported(given, root),
        _prefix(root, Path.cwd()),
        "" if repository is None else _prefix(root, repository),
        _misspelt(root) if policy.path is None and own_policy else None,
        whole=whole and not policy.base,
        side=side,
    )


def load_policy(path: Path | None, root: Path, rule_ids: Collection[str], side: Side = DISK) -> Policy:
    """The policy at `path`, else the one found upward from `root`, else the built-in profile `recommended`.

    Its places are relative to `root`, as all places of a report are; its faults are relative to the current folder.

    Raises:
        PolicyFault: the file cannot be read or has faults.
    """
    if path is None:
        found = policies.find(root.as_posix(), lambda candidate: side.is_file(Path(candidate)))
        if found is None:
            return policies.default()
        path = Path(found)
    text = read_policy(path, side=side)

    def read(relative: str) -> str | None:
        extended = root / relative
        return read_policy(extended, side=side) if side.is_file(extended) else None

    try:
        policy = policies.load(text, _relative(path, root), read=read, rules=rule_ids)
        return replace(policy, base=_prefix(root, _pattern_folder(path, root)))
    except PolicyError as error:
        here = (replace(fault, path=shown(root / fault.path)) for fault in error.faults)
        raise errors.PolicyFault(PolicyError(here).diagnostics()) from error


def _refuse_own(root: Path, policy: Policy, baseline: Path | None, cache: Path | None) -> None:
    """Nothing, where no file that the scan is judged by lies in the tree (the repository, where there is one).

    A cache is one of them: a tree could bring results that are not its own.

    Raises:
        click.UsageError: one does; a pull request could change it.
    """
    tree = repository_of(root) or root
    files = [("policy", root / file) for file in policy.files]
    files += [(what, file) for what, file in (("baseline", baseline), ("cache folder", cache)) if file is not None]
    for what, file in files:
        if file.resolve().is_relative_to(tree):
            raise click.UsageError(
                f"the {what} '{shown(file)}' lies in the scanned tree, which --no-repo-config takes nothing from; "
                "expected one outside of it"
            )


def _pattern_folder(policy_path: Path, root: Path) -> Path:
    """The folder a policy's path patterns start at: its own where the root lies in it, else the repository's or the root."""
    folder = policy_path.resolve().parent
    folder = folder.parent if folder.name == ".github" else folder
    return folder if root.is_relative_to(folder) else repository_of(root) or root


def _misspelt(root: Path) -> str | None:
    """A file that was surely meant as the policy and is not read, as people would type it."""
    found = policies.misspelt(root.as_posix(), lambda candidate: Path(candidate).is_file())
    return None if found is None else shown(Path(found))


def read_policy(path: Path, what: str = "policy", side: Side = DISK) -> str:
    """The text of a policy file, or of another file that people write for it.

    Raises:
        PolicyFault: it does not exist, is no file, or is not text.
    """
    try:
        return source.decode(str(path), side.read(path)).text
    except OSError as error:
        raise errors.PolicyFault(
            f"{shown(path)}:1:1: cannot read the {what}: {error.strerror or error}; expected a YAML file"
        ) from error
    except source.NotTextError as error:
        raise errors.PolicyFault(
            f"{shown(path)}:1:1: cannot read the {what}: {error}; expected a YAML file in UTF-8"
        ) from error


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def scanned_root(paths: Sequence[Path]) -> Path:
    """The folder that a scan of `paths` reads.

    Raises:
        click.UsageError: a path does not exist.
    """
    return _root(_given(paths))


def _given(paths: Sequence[Path]) -> list[Path]:
    return [_absolute(path) for path in paths] or [Path.cwd()]


def _absolute(path: Path) -> Path:
    if not path.exists():
        raise click.UsageError(f"path '{path}' does not exist")
    return path.resolve()


def _root(given: Sequence[Path]) -> Path:
    """The folder whose files may be read: the one given, else the repository that holds every path, else their parent."""
    if len(given) == 1 and given[0].is_dir():
        return given[0]
    common = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in given]))
    return repository_of(common) or common


def repository_of(folder: Path) -> Path | None:
    """The root of the repository a folder lies in; None where it lies in none."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)


def _reported(given: Sequence[Path], root: Path) -> Callable[[str], bool]:
    wanted = [path.relative_to(root).as_posix() for path in given]
    if "." in wanted:
        return lambda path: True
    return lambda path: any(path == each or path.startswith(each + "/") for each in wanted)


def _prefix(folder: Path, base: Path) -> str:
    """The relative way from `base` to `folder`, ending with a slash; empty where they are equal."""
    relative = _relative(folder, base)
    return "" if relative == "." else relative + "/"


def incomplete(errors: Sequence[ScanError], strict: bool) -> bool:
    """Whether the scan missed something that makes its exit status 3."""
    return any(error.internal for error in errors) or (strict and bool(errors))
