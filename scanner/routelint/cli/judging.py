"""Judging a session: the rules, with what only the command line can know of the repository's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from routelint import engine, justifications
from routelint.catalog import Model
from routelint.changes import Swap
from routelint.cli.session import Session
from routelint.model import Choice, Location, Report
from routelint.policy import Justification
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
    places = _deciding(session)
    if not places:
        return {}
    from routelint.cli import history  # only a route that an approval is for pays for git

    return history.changed_on(places, session, commit)


def _deciding(session: Session) -> dict[Location, list[tuple[Choice, Justification]]]:
    """The lines that decide for a model that an approved justification is for."""
    places: dict[Location, list[tuple[Choice, Justification]]] = {}

    def model_of(choice: Choice) -> Model | None:
        return None if choice.model.is_pattern else session.catalog.find(choice.model)

    for entry in session.policy.justifications:
        if entry.approvals:
            used = justifications.uses(entry, session.resolved.references, session.policy, model_of)
            for reference, choice in used:
                places.setdefault(justifications.decided_at(reference, choice), []).append((choice, entry))
    return places
