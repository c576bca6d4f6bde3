"""The public functions: a scan and a policy from Python, by the same code as the command line; `routelint` exports them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from os import PathLike
from pathlib import Path

import click

from routelint.cli import errors
from routelint.cli import session as sessions
from routelint.cli.judging import judge
from routelint.cli.options import today_utc
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.scan import chosen_rules, notices
from routelint.model import Report
from routelint.policy import Policy, PolicyError


def scan(
    *paths: str | PathLike[str],
    policy: Policy | str | PathLike[str] | None = None,
    today: date | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    environments: Sequence[str] = (),
    exclude: Sequence[str] = (),
    no_repo_config: bool = False,
) -> Report:
    """The report on what lies below `paths`; the current folder where none is given.

        report = routelint.scan("services", policy="routelint.yaml")
        for finding in report.findings:
            print(finding.severity, finding.location.path, finding.message)

    A folder is scanned as a whole; files choose what is reported of the repository they lie in. Without a `policy` the one
    that governs the paths is found as the command line finds it, else the built-in one applies. `select` and `ignore` are ids
    of rules, `exclude` patterns as in a .gitignore. With `no_repo_config` the tree has no say in how it is judged: no policy of
    its own is looked for, and its directives are not obeyed. Dates are judged as of `today`, by default the day it is in UTC.
    Paths in the report are relative to the folder scanned. Nothing is printed or written, and nothing that is scanned is
    executed.

    Raises:
        FileNotFoundError: a path does not exist.
        PolicyError: the policy, or an evaluation record it counts on, has faults; lists every one with its place.
        OSError: the policy cannot be read.
        ValueError: no rule has an id named in `select` or `ignore`, or the policy is not text.
    """
    given = tuple(map(Path, paths))
    for path in given:
        if not path.exists():
            raise FileNotFoundError(f"path '{path}' does not exist")
    governing = policy if isinstance(policy, Policy) else None
    policy_path = None if policy is None or isinstance(policy, Policy) else Path(policy)
    with _without_command_line():
        session = sessions.open_session(
            given,
            policy_path,
            today or today_utc(),
            rule_ids=rule_ids(),
            exclude=exclude,
            quiet=True,
            policy=governing,
            no_repo_config=no_repo_config,
        )
        chosen = chosen_rules(rules_of(session.policy), select, ignore)
    if session.evidence_faults:
        raise PolicyError(session.evidence_faults)
    report = judge(session, chosen, environments)
    return replace(report, notices=(*notices(session), *report.notices))


def load_policy(path: str | PathLike[str] | None = None, root: str | PathLike[str] = ".") -> Policy:
    """The policy in the file at `path` with all it extends; without a path the one that governs the folder `root`.

    That is the nearest `routelint.yaml` at or above `root`, else the built-in profile `recommended`. Patterns of paths in a
    policy are relative to the scanned folder, so `root` is the folder that `scan` is given.

    Raises:
        PolicyError: the policy has faults; lists every one with its place.
        OSError: the file cannot be read.
        ValueError: the file is not text.
    """
    with _without_command_line():
        return sessions.load_policy(None if path is None else Path(path), Path(root).resolve(), rule_ids())


@contextmanager
def _without_command_line() -> Iterator[None]:
    """Turns errors of the command line into those of Python."""
    try:
        yield
    except errors.PolicyFault as fault:
        if isinstance(fault.__cause__, (PolicyError, OSError, ValueError)):
            raise fault.__cause__ from None
        raise ValueError(fault.message) from None
    except click.ClickException as error:
        raise ValueError(error.message) from None
