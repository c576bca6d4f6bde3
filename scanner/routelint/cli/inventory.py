"""`routelint inventory`: every route with its models."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from routelint import __version__, spend
from routelint.cli import destinations, options, working
from routelint.cli.destinations import Destination
from routelint.cli.session import incomplete, open_session
from routelint.inventory import Row, rows
from routelint.model import Resource, ScanError
from routelint.output.printing import Printing
from routelint.spend import Estimate
from routelint_rules import RULES

FORMATS = ("text", "json", "markdown", "csv", "html")


@click.command()
@options.paths_argument
@options.policy_option
@options.format_option(FORMATS)
@click.option("--strict", is_flag=True, help="Exit with 3 where a file could not be read.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files that match this gitignore-style pattern.")
@click.option("--explain-cost", is_flag=True, help="Show how the amounts of declared volumes were worked out.")
@options.no_repo_config_option
@options.work_options
@options.today_option
@options.display_options
def inventory(
    paths: tuple[Path, ...],
    policy_path: Path | None,
    no_repo_config: bool,
    formats: tuple[Destination, ...],
    output: Path | None,
    strict: bool,
    exclude: tuple[str, ...],
    explain_cost: bool,
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
    today: date | None,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """List every model route below PATHS: model, tier, price, environments, tags, workload, and how each was resolved."""
    outputs = destinations.chosen(formats, output)
    session = open_session(
        paths,
        policy_path,
        today or options.today_utc(),
        rule_ids=[rule.id for rule in RULES],
        exclude=exclude,
        quiet=quiet,
        no_repo_config=no_repo_config,
        work=working.chosen(jobs, no_cache, cache_dir),
    )
    references = [each for each in session.resolved.references if session.reported(each.location.path)]
    resources = [each for each in session.resolved.resources if session.reported(each.location.path)]
    errors = [each for each in session.resolved.errors if session.reported(each.path)]
    found = rows(references, session.policy, session.catalog)
    estimates = spend.estimates(session.resolved.references, session.policy, session.catalog, session.today)
    for destination in outputs:
        on_terminal = destination.path is None
        printing = Printing(
            version=__version__,
            source=session.text,
            width=options.terminal_width() if on_terminal else None,
            colour=on_terminal and options.coloured(color, os.environ.get("NO_COLOR")),
            quiet=quiet,
            shown_prefix=session.shown_prefix,
            repository_prefix=session.repository_prefix,
        )
        destinations.write(
            destination, _render(destination.format, found, resources, errors, printing, estimates, explain_cost)
        )
    return 3 if incomplete(errors, strict) else 0


def _render(
    name: str,
    found: Sequence[Row],
    resources: Sequence[Resource],
    errors: Sequence[ScanError],
    printing: Printing,
    estimates: Sequence[Estimate],
    explain_cost: bool,
) -> str:
    match name:
        case "json":
            from routelint.output import json_report

            return json_report.inventory(found, resources, errors, estimates)
        case "csv":
            from routelint.output import csv_report

            return csv_report.inventory(found, printing, estimates)
        case "markdown":
            from routelint.cli import published
            from routelint.output import markdown

            linked = replace(printing, link_base=published.link_base(os.environ))
            return markdown.inventory(found, errors, linked, estimates)
        case "html":
            from routelint.cli import published
            from routelint.output import html_inventory

            linked = replace(printing, link_base=published.link_base(os.environ))
            return html_inventory.inventory(found, resources, errors, linked, estimates)
        case _:
            from routelint.output import table

            return table.inventory(found, resources, errors, printing, estimates=estimates, explain_cost=explain_cost)
