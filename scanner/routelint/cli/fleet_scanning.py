"""One repository of many, scanned by whatever process is given it: plain data in, texts and plain data out."""

from __future__ import annotations

import gc
import os
import threading
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

import click

from routelint import __version__, fleet
from routelint import policy as policies
from routelint.cli.fleet_state import Notes, State, UnchangedError, program
from routelint.cli.git import open_repository
from routelint.cli.judging import judge
from routelint.cli.objects import GitError
from routelint.cli.printers import scan_report
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.scan import exit_status, notices
from routelint.cli.session import Session, load_policy, open_session, repository_of
from routelint.deferred import dataclass
from routelint.fleet import Failed, Scanned
from routelint.model import Report, Severity
from routelint.output.printing import Printing
from routelint.policy import Policy, PolicyError, misspelt
from routelint.rule import Rule

# The formats of a full report and what its file ends with. JSON is always written; the others where they are asked for.
FORMATS = {
    "json": "json",
    "sarif": "sarif",
    "gitlab": "gitlab.json",
    "junit": "xml",
    "markdown": "md",
    "csv": "csv",
    "html": "html",
}

# Parsers silence the warnings of the whole process, so threads of a worker take turns.
_TURN = threading.Lock()


@dataclass(frozen=True)
class Job:
    """One repository to scan, for a process that sees the same folders: `root` and `policy` are absolute.

    `known` is what an earlier scan depended on, None where there was none. `program` tells which routelint the result is
    wanted of. `left_out` is a folder in it that is none of the repository's, empty where there is none.
    """

    root: str
    today: date
    program: str
    policy: str | None = None
    exclude: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    fail_on: str | None = None
    strict: bool = False
    no_repo_config: bool = False
    left_out: str = ""
    known: State | None = None

    @property
    def options(self) -> tuple[object, ...]:
        """What was asked for, as far as the result depends on it; some formats also say how a scan would have ended."""
        ending = () if self.formats in ((), ("json",)) else (self.fail_on, self.strict)
        return (self.today.isoformat(), self.exclude, self.environments, self.formats, self.no_repo_config, *ending)


@dataclass(frozen=True)
class Finished:
    """A repository that was scanned: what it came to, its full report by the suffix of its file, and what that rests on."""

    scanned: Scanned
    reports: tuple[tuple[str, str], ...]
    state: State


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A repository that is as it was when it was scanned last."""


Result: TypeAlias = Finished | Unchanged | Failed


def scan(job: Job) -> Result:
    """What one repository comes to; never raises, whatever is wrong with it."""
    if job.program != program():
        return Failed("the worker runs another routelint or another Python than this one; install the same there")
    root = Path(job.root)
    reason = _unusable(root)
    if reason:
        return Failed(reason)
    notes = Notes(root.resolve(), job.options, job.left_out, job.known)
    try:
        with _TURN:
            return _scan(job, notes)
    except UnchangedError:
        return Unchanged()
    except click.ClickException as error:
        return Failed(_said(error))
    except Exception as error:
        said = str(error) or "no message"
        return Failed(f"routelint failed on it: {type(error).__name__}: {said}", traceback.format_exc())
    finally:
        # A parsed repository is a circle of objects, and the program looks for none by itself.
        gc.collect()


def _unusable(root: Path) -> str:
    """Why a folder cannot be scanned at all; empty where it can."""
    try:
        next(root.iterdir(), None)
    except FileNotFoundError:
        return "there is no such folder"
    except NotADirectoryError:
        return "it is a file; expected a folder"
    except OSError as error:
        return f"the folder cannot be read: {(error.strerror or str(error)).lower()}"
    return ""


def _said(error: click.ClickException) -> str:
    """What is wrong, on one line and with paths from the repository: a worker may stand in another folder."""
    cause = error.__cause__
    if isinstance(cause, PolicyError):
        first, more = cause.faults[0], len(cause.faults) - 1
        return str(first) + (f" (and {more:,} more)" if more else "")
    return error.message.splitlines()[0]


def _scan(job: Job, notes: Notes) -> Finished:
    side = notes.side(lambda: _facts(policy, notes.root))
    if job.policy is None and job.no_repo_config:
        policy = policies.default()
    else:
        policy = load_policy(None if job.policy is None else Path(job.policy), notes.root, rule_ids(), side)
    session = open_session(
        (notes.root,),
        None,
        job.today,
        rule_ids=rule_ids(),
        exclude=job.exclude,
        quiet=True,
        policy=policy,
        side=side,
        no_repo_config=job.no_repo_config,
    )
    rules = rules_of(policy)
    report = judge(session, rules, job.environments)
    # The folder that a worker stands in must not show in what it writes.
    overlooked = policy.path is None and not job.no_repo_config
    session = replace(session, misspelt_policy=_overlooked(notes.root) if overlooked else None)
    report = replace(report, notices=(*notices(session), *report.notices))
    fail_on = job.fail_on or str(policy.fail_on)
    faults = session.resolved.evidence.faults if session.resolved.evidence is not None else ()
    # Without that record, another one may have counted; `scan` ends with 2 here.
    incomplete = f"an evaluation record cannot be used: {faults[0]}" if faults else _fault_of_ours(report)
    status = 2 if faults else exit_status(report, fail_on, job.strict, None)
    texts = tuple((FORMATS[name], _render(name, report, rules, session, status)) for name in job.formats)
    return Finished(fleet.scanned(report, str(policy.fail_on), incomplete), texts, notes.state)


def _facts(policy: Policy, root: Path) -> object:
    """What the result depends on that stands in no file of the repository."""
    repository = repository_of(root)
    place = None if repository is None else root.relative_to(repository).as_posix()
    return (place, _overlooked(root), _history(root) if any(each.approvals for each in policy.justifications) else None)


def _overlooked(root: Path) -> str | None:
    """A file that was surely meant as the policy and is not read, by its path from the repository."""
    found = misspelt(root.as_posix(), lambda path: Path(path).is_file())
    return None if found is None else Path(os.path.relpath(found, root)).as_posix()


def _history(root: Path) -> object:
    """What stands for the commits at hand: an approval counts for lines that have not changed since."""
    try:
        with open_repository(root) as repository:
            head = repository.head()
            return (None if head is None else head.id, repository.is_shallow)
    except GitError:
        return None


def _fault_of_ours(report: Report) -> str:
    """Why a report is incomplete; empty where it is not."""
    internal = [error for error in report.errors if error.internal]
    if not internal:
        return ""
    more = f" (and {len(internal) - 1:,} more)" if len(internal) > 1 else ""
    return f"{internal[0].path}:{internal[0].line}: {internal[0].message}{more}"


def _render(name: str, report: Report, rules: Sequence[Rule], session: Session, status: int) -> str:
    """The full report in a format; its paths start at the repository, and links stay relative to it."""
    printing = Printing(
        version=__version__,
        rules=rules,
        source=session.text,
        repository_prefix=session.repository_prefix,
        exit_code=status,
        judged=[rule.id for rule in rules if session.policy.severity(rule.id, rule.severity) is not Severity.OFF],
    )
    return scan_report(name, report, printing)
