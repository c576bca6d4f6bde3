"""Judging a session: the rules, with what only the command line can know of the repository's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from routelint import engine
from routelint.changes import Swap
from routelint.cli.session import Session
from routelint.model import Location, Report
from routelint.rule import Rule

if TYPE_CHECKING:
    from routelint.cli.git import Commit


def judge(
    session: Session,
    rules: Sequence[Rule],
    environment_names: Sequence[str] = (),
    swaps: Sequence[Swap] | None = None,
    commit: Commit | None = None,
) -> Report:
    """What the rules say of a session, narrowed to environments where some are named; `commit` is the one it was opened on."""
    report = engine.judge(
        session.resolved,
        rules,
        session.policy,
        session.catalog,
        session.today,
        reported=session.reported,
        swaps=swaps,
        changed_on=changed_on(session, commit),
        whole=session.whole,
    )
    if environment_names:
        report = engine.concerning(report, {session.policy.environment(name) for name in environment_names})
    return report


def changed_on(session: Session, commit: Commit | None = None) -> Mapping[Location, date] | None:
    """When the lines that decide justified models changed; None where no entry has approvals, or no history is at hand."""
    if not any(entry.approvals for entry in session.policy.justifications):
        return None
    from routelint.cli import history  # only a policy with approvals pays for git

    return history.changed_on(session, commit)
