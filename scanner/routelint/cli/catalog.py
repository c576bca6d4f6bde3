"""`routelint catalog`: the models known."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from routelint import __version__, cost
from routelint import catalog as known_models
from routelint.cli import destinations, options
from routelint.cli.destinations import Destination
from routelint.cli.session import load_policy
from routelint.output import models as printer
from routelint.output.printing import Printing
from routelint_rules import RULES


@click.command()
@click.argument("name", required=False, metavar="[MODEL]")
@options.policy_option
@options.format_option(("text", "json"))
@click.option("--provider", metavar="NAME", help="List only the models of this provider.")
@click.option("--tier", "tier_name", metavar="TIER", help="List only the models of this tier under the policy.")
@click.option("--active", is_flag=True, help="List only models that are neither legacy nor retired.")
@options.today_option
@options.color_option
def catalog(
    name: str | None,
    policy_path: Path | None,
    formats: tuple[Destination, ...],
    output: Path | None,
    provider: str | None,
    tier_name: str | None,
    active: bool,
    today: date | None,
    color: str,
) -> int:
    """List the models known with tier, price and lifecycle, or show MODEL with its prices by scope and cheaper substitutes.

    MODEL may be spelt in any way: a model id, an inference profile id, an ARN, bedrock/...
    """
    known = known_models.load()
    policy = load_policy(policy_path, Path.cwd(), [rule.id for rule in RULES])
    day = today or options.today_utc()
    view = printer.View(known, policy, day)
    outputs = destinations.chosen(formats, output)
    if name is not None:
        model = known.find(name)
        if model is None:
            near = known.near(name)
            hint = f"; did you mean '{near.id}'? ({near.reason})" if near else "; 'routelint catalog' lists the models known"
            raise click.UsageError(f"model '{name}' is not in the catalog{hint}")
    else:
        providers = sorted({each.provider for each in known.models})
        if provider is not None and provider not in providers:
            raise click.UsageError(f"no provider '{provider}'; expected one of {', '.join(providers)}")
        tiers = [each.name for each in policy.tiers]
        if tier_name is not None and tier_name not in tiers:
            raise click.UsageError(f"no tier '{tier_name}'; the policy has {', '.join(tiers)}")
        model = None
    listed = [
        each
        for each in known.models
        if (provider is None or each.provider == provider)
        and (tier_name is None or cost.tier(each, policy) == tier_name)
        and (not active or each.status(day) not in (known_models.Status.LEGACY, known_models.Status.RETIRED))
    ]
    for destination in outputs:
        printing = Printing(
            version=__version__,
            width=options.terminal_width() if destination.path is None else None,
            colour=destination.path is None and options.coloured(color, os.environ.get("NO_COLOR")),
        )
        as_json = destination.format == "json"
        if model is None:
            text = printer.listing_json(listed, view) if as_json else printer.listing(listed, view, printing)
        else:
            text = printer.page_json(model, view) if as_json else printer.page(model, view, printing)
        destinations.write(destination, text)
    return 0
