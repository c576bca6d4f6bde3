"""`routelint policy impact`: what a new policy would change."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from routelint import __version__, engine
from routelint import policy as policies
from routelint.cli import destinations, options
from routelint.cli.destinations import Destination
from routelint.cli.errors import PolicyFault
from routelint.cli.judging import changed_on
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.session import Session, open_session, read_policy
from routelint.model import Finding
from routelint.output import comparison
from routelint.output.printing import Printing
from routelint.policy import Policy, PolicyError


@click.command()
@click.argument("new_policy", type=click.Path(path_type=Path))
@options.paths_argument
@options.policy_option
@options.format_option(("text", "json"))
@options.no_repo_config_option
@options.today_option
@options.color_option
def impact(
    new_policy: Path,
    paths: tuple[Path, ...],
    policy_path: Path | None,
    no_repo_config: bool,
    formats: tuple[Destination, ...],
    output: Path | None,
    today: date | None,
    color: str,
) -> int:
    """Print the findings below PATHS that appear and vanish where NEW_POLICY takes the place of the current policy.

    NEW_POLICY is judged as if it stood where the current one stands, wherever the file lies. A finding of another severity is
    one that vanishes and one that appears.
    """
    session = open_session(
        paths,
        policy_path,
        today or options.today_utc(),
        rule_ids=rule_ids(),
        quiet=True,
        no_repo_config=no_repo_config,
    )
    old, new = session.policy, _in_place_of(session.policy, new_policy, session.root)
    before, after = _findings(session, old), _findings(session, new)
    then, now = {_key(each, old): each for each in before}, {_key(each, new): each for each in after}
    appearing = [each for key, each in now.items() if key not in then]
    vanishing = [each for key, each in then.items() if key not in now]
    unchanged = len(now) - len(appearing)
    for destination in destinations.chosen(formats, output):
        if destination.format == "json":
            text = comparison.impact_json(appearing, vanishing, unchanged, old.path, new_policy.as_posix())
        else:
            on_terminal = destination.path is None
            printing = Printing(
                version=__version__,
                width=options.terminal_width() if on_terminal else None,
                colour=on_terminal and options.coloured(color, os.environ.get("NO_COLOR")),
                shown_prefix=session.shown_prefix,
            )
            known_as = "the profile 'recommended'" if old.path is None else f"'{printing.shown(old.path)}'"
            text = comparison.impact(appearing, vanishing, unchanged, known_as, f"'{new_policy}'", printing)
        destinations.write(destination, text)
    return 0


def _in_place_of(old: Policy, file: Path, root: Path) -> Policy:
    """The policy in `file` as if it stood where the old one stands; what it extends may lie beside either.

    Raises:
        PolicyFault: the file cannot be read or has faults.
    """
    text = read_policy(file)
    place = old.path or os.path.relpath(file, root).replace(os.sep, "/")
    folder = posixpath.dirname(place)

    def read(relative: str) -> str | None:
        candidates = (root / relative, file.parent / posixpath.relpath(relative, folder or "."))
        return next((read_policy(each) for each in candidates if each.is_file()), None)

    try:
        new = policies.load(text, place, read=read, rules=rule_ids())
    except PolicyError as error:
        faults = (replace(each, path=file.as_posix()) if each.path == place else each for each in error.faults)
        raise PolicyFault(PolicyError(faults).diagnostics()) from error
    return replace(new, base=old.base)


def _findings(session: Session, policy: Policy) -> Sequence[Finding]:
    """What a scan of the same files reports under a policy: environments and workloads are placed anew."""
    collected = session.collected
    resolved = engine.resolve(
        collected.units, collected.tree, policy, session.catalog, rule_ids=rule_ids(policy), errors=collected.errors
    )
    resolved = replace(resolved, code_owners=session.resolved.code_owners)
    report = engine.judge(
        resolved,
        rules_of(policy),
        policy,
        session.catalog,
        session.today,
        reported=session.reported,
        changed_on=changed_on(replace(session, resolved=resolved, policy=policy)),
        whole=session.whole,
    )
    return report.findings


def _key(finding: Finding, policy: Policy) -> tuple[object, ...]:
    """What makes a finding the same under two policies; an entry of the policy is known by its name, not by its line."""
    in_policy = finding.location.path in policy.files
    place: object = (finding.location.symbol, finding.message) if in_policy else finding.location
    return (finding.rule, finding.severity, place, finding.model, finding.environments, finding.roots)
