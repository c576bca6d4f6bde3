"""`routelint rules` and `routelint explain`: what the rules are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from routelint import __version__
from routelint.cli import destinations, errors, options
from routelint.cli.destinations import Destination
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.session import load_policy
from routelint.output import pages
from routelint.output.printing import Printing
from routelint.policy import nearest
from routelint.rule import Rule
from routelint_rules import RULES


def _printing(color: str, known: Sequence[Rule] = RULES) -> Printing:
    return Printing(
        version=__version__,
        rules=known,
        width=options.terminal_width(),
        colour=options.coloured(color, os.environ.get("NO_COLOR")),
    )


@click.command()
@options.policy_option
@options.format_option(("text", "json"))
@options.color_option
def rules(policy_path: Path | None, formats: tuple[Destination, ...], output: Path | None, color: str) -> int:
    """List every rule with its default severity: the built-in ones, and those that the policy adds."""
    known = _known(policy_path)
    for destination in destinations.chosen(formats, output):
        text = pages.rules_json(known) if destination.format == "json" else pages.rules(_printing(color, known))
        destinations.write(destination, text)
    return 0


def _known(policy_path: Path | None) -> tuple[Rule, ...]:
    """Every rule under the policy at a path, else under the one found from here; a found one with faults adds none.

    Raises:
        PolicyFault: the policy that was named cannot be read or has faults.
    """
    try:
        return rules_of(load_policy(policy_path, Path.cwd(), rule_ids()))
    except errors.PolicyFault:
        if policy_path is not None:
            raise
        errors.tell("routelint: the policy found here has faults and adds no rules; 'routelint policy check' names them")
        return RULES


@click.command()
@click.argument("rule_id", metavar="RULE")
@options.policy_option
@options.color_option
def explain(rule_id: str, policy_path: Path | None, color: str) -> int:
    """Show a rule's page: what it finds, why that costs, and the way out. RULE is built in, or one of the policy's own."""
    known: tuple[Rule, ...] = RULES
    if policy_path is not None or rule_id not in {rule.id for rule in RULES}:
        known = rules_of(load_policy(policy_path, Path.cwd(), rule_ids()))
    rule = next((each for each in known if each.id == rule_id), None)
    if rule is None:
        near = nearest(rule_id, [each.id for each in known])
        hint = f"; did you mean '{near}'?" if near else ""
        raise click.UsageError(f"no rule '{rule_id}'{hint} 'routelint rules' lists them")
    destinations.write(Destination("text", None), pages.explain(rule, _printing(color)))
    return 0
