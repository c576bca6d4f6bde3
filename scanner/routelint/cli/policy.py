"""`routelint policy`: write, check and print the policy file."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import click

from routelint import cost
from routelint import policy as policies
from routelint.cli import destinations, errors, options
from routelint.cli.destinations import Destination
from routelint.cli.policy_impact import impact
from routelint.cli.policy_ledger import justifications
from routelint.cli.policy_test import test
from routelint.cli.session import Session, load_policy, open_session
from routelint.output import escape
from routelint_rules import RULES

NAME = "routelint.yaml"
# Keys on fewer resources than this share are one team's habit, not the repository's convention.
MOST_TAG_KEYS = 12


@click.group()
def policy() -> None:
    """Write, check, test and print the policy file."""


for command in (test, impact, justifications):
    policy.add_command(command)


@policy.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check policy FILES, or the one found upward from here; every fault at once, exit 2 where there is one."""
    rule_ids = [rule.id for rule in RULES]
    faulty = False
    if not files:
        found = policies.find(Path.cwd().as_posix(), lambda path: Path(path).is_file())
        if found is None:
            raise click.UsageError(f"no policy file found upward from here; 'routelint policy init' writes {NAME}")
        files = (Path(found),)
    for file in files:
        try:
            loaded = load_policy(file, Path.cwd(), rule_ids)
        except click.ClickException as error:
            errors.show(error)
            faulty = True
            continue
        for warning in loaded.warnings:
            errors.tell(f"warning: {warning}")
        click.echo(f"{escape.terminal(options.shown(file))}: no faults")
    return 2 if faulty else 0


@policy.command()
@options.policy_option
@options.format_option(("text", "json"))
def show(policy_path: Path | None, formats: tuple[Destination, ...], output: Path | None) -> int:
    """Print the effective policy after `extends`, with where each value came from."""
    effective = load_policy(policy_path, Path.cwd(), [rule.id for rule in RULES])
    for destination in destinations.chosen(formats, output):
        text = escape.json_text(policies.document(effective)) if destination.format == "json" else policies.show(effective)
        destinations.write(destination, text)
    return 0


@policy.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), help=f"The file to write. [default: PATH/{NAME}]")
@click.option("--force", is_flag=True, help="Overwrite a policy that exists.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print it instead of writing it.")
@options.today_option
def init(path: Path, output: Path | None, force: bool, to_stdout: bool, today: date | None) -> int:
    """Write a commented starter policy from what the repository at PATH holds: its models, environments and tag keys."""
    if path.exists() and not path.is_dir():
        raise click.UsageError(f"'{path}' is not a folder; expected the repository to write a policy for")
    session = open_session([path], None, today or options.today_utc(), rule_ids=[rule.id for rule in RULES], own_policy=False)
    text = starter(session)
    if to_stdout:
        destinations.write(Destination("text", None), text)
        return 0
    target = output or path / NAME
    if target.exists() and not force:
        raise click.UsageError(f"'{target}' exists; --force overwrites it, --stdout prints the new one")
    destinations.write(Destination("text", target), text)
    routes = len(session.resolved.references)
    click.echo(escape.terminal(f"wrote {target}; routes read: {routes}; check it with: routelint policy check {target}"))
    return 0


def starter(session: Session) -> str:
    """A starter policy that fits what the session resolved."""
    found: dict[str, policies.FoundModel] = {}
    environments: Counter[str] = Counter()
    for reference in session.resolved.references:
        environments.update(reference.environments)
        for choice in reference.choices:
            environments.update(choice.environments)
            model = None if choice.model.is_pattern else session.catalog.find(choice.model)
            if model is not None:
                found[model.id] = policies.FoundModel(model.id, cost.tier(model, session.policy))
    keys: Counter[str] = Counter()
    for resource in session.resolved.resources:
        if resource.tags is not None:
            keys.update(resource.tags.entries.keys())
    return policies.starter(
        models=[found[name] for name in sorted(found)],
        environments=sorted(environments),
        tag_keys=[key for key, _ in keys.most_common(MOST_TAG_KEYS)],
    )
