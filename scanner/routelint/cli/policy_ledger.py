"""`routelint policy justifications`: the ledger."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from routelint import __version__, ledger
from routelint.cli import destinations, options
from routelint.cli.destinations import Destination
from routelint.cli.judging import changed_on
from routelint.cli.rule_set import rule_ids
from routelint.cli.session import open_session
from routelint.output import ledger as printer
from routelint.output.printing import Printing
from routelint.rule import Context


@click.command(name="justifications")
@options.paths_argument
@options.policy_option
@options.format_option(("text", "json", "csv"))
@options.no_repo_config_option
@options.today_option
@options.color_option
def justifications(
    paths: tuple[Path, ...],
    policy_path: Path | None,
    no_repo_config: bool,
    formats: tuple[Destination, ...],
    output: Path | None,
    today: date | None,
    color: str,
) -> int:
    """List the justifications of the policy: approvals, days left, the routes below PATHS they cover, and what that costs.

    The ratio is how many times as much the model costs per token as the cheapest substitute that the policy allows. What
    needs a decision comes first.
    """
    session = open_session(
        paths,
        policy_path,
        today or options.today_utc(),
        rule_ids=rule_ids(),
        quiet=True,
        no_repo_config=no_repo_config,
    )
    references = tuple(each for each in session.resolved.references if session.reported(each.location.path))
    whole = session.whole and len(references) == len(session.resolved.references)
    context = Context(session.policy, session.catalog, session.today, references, changed_on=changed_on(session), whole=whole)
    lines = ledger.lines(context)
    for destination in destinations.chosen(formats, output):
        on_terminal = destination.path is None
        printing = Printing(
            version=__version__,
            width=options.terminal_width() if on_terminal else None,
            colour=on_terminal and options.coloured(color, os.environ.get("NO_COLOR")),
            shown_prefix=session.shown_prefix,
        )
        match destination.format:
            case "json":
                text = printer.json(lines)
            case "csv":
                text = printer.csv(lines)
            case _:
                text = printer.text(lines, printing)
        destinations.write(destination, text)
    return 0
