"""The commands of the command line, each in a module of its own; loaded with click."""

from __future__ import annotations

import importlib

import click

from routelint import __version__

# command -> module and the command object in it; imported when the command runs, so that `--version` stays quick.
COMMANDS = {
    "scan": ("routelint.cli.scan", "command", "Find model routes, judge them against the policy, report."),
    "inventory": ("routelint.cli.inventory", "inventory", "List every model route with model, tier and price."),
    "fleet": ("routelint.cli.fleet", "command", "Scan many repositories and report on each and on all."),
    "explain": ("routelint.cli.rules", "explain", "Show a rule's page."),
    "rules": ("routelint.cli.rules", "rules", "List every rule."),
    "catalog": ("routelint.cli.catalog", "catalog", "List the models known, or show one."),
    "baseline": ("routelint.cli.baseline", "baseline", "Write the findings of today to a baseline."),
    "policy": ("routelint.cli.policy", "policy", "Write, check and print the policy file."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(module), name)
        command = found if isinstance(found, click.Command) else found()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command called; an unknown one names the nearest."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; expected one of {', '.join(COMMANDS)}"
            ctx.fail(f"no command '{name}'{hint}")
        return super().resolve_command(ctx, args)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, message="routelint %(version)s")
def program() -> None:
    """Keep the cost of generative AI under control where it is decided: in code.

    routelint finds every place in a repository that chooses an Amazon Bedrock model, resolves which models it takes in which
    environment, and judges them against a policy file. It runs offline and never executes what it scans.
    """
