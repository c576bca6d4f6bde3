"""`routelint scan`: the main job."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routelint import __version__
from routelint.cli import destinations, errors, options, working
from routelint.cli.destinations import Destination
from routelint.cli.judging import judge
from routelint.cli.printers import scan_report
from routelint.cli.quick import FORMATS, GATES, SARIF_PROFILES
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.session import DISK, Session, Side, incomplete, open_session, scanned_root
from routelint.model import Report, Severity
from routelint.output.printing import Printing
from routelint.policy import Policy, PolicyError, nearest
from routelint.rule import Rule

if TYPE_CHECKING:
    from routelint.cli.compare import Comparing


def scan(
    paths: tuple[Path, ...],
    *,
    policy_path: Path | None = None,
    no_repo_config: bool = False,
    formats: tuple[Destination, ...] = (),
    output: Path | None = None,
    fail_on: str | None = None,
    baseline: Path | None = None,
    diff: str | None = None,
    staged: bool = False,
    strict: bool = False,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    environment_names: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    min_resolved: float | None = None,
    show_suppressed: bool = False,
    sarif_profile: str = "github",
    jobs: int | None = None,
    no_cache: bool = False,
    cache_dir: Path | None = None,
    today: date | None = None,
    color: str = "auto",
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Find model routes below PATHS, judge them against the policy, report.

    A folder is scanned as a whole. Files choose what is reported; what is read is the repository they lie in, so that a
    module's callers and an imported constant are seen.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage, policy or evidence error, 3 the scan is incomplete.
    """
    outputs = destinations.chosen(formats, output)
    accepted = None if baseline is None else _accepted(baseline)
    day = today or options.today_utc()
    work = working.chosen(jobs, no_cache, cache_dir)

    def open_side(side: Side, policy: Policy | None = None) -> Session:
        return open_session(
            paths,
            policy_path,
            day,
            rule_ids=rule_ids(),
            exclude=exclude,
            quiet=quiet,
            policy=policy,
            baseline=baseline,
            side=side,
            no_repo_config=no_repo_config,
            work=work,
        )

    with ExitStack() as stack:
        comparing = _comparing(stack, paths, diff, staged)
        session = open_side(DISK if comparing is None else comparing.side)
        older = None if comparing is None else comparing.older(session, open_side, rule_ids(), policy_path)
        rules = rules_of(session.policy)
        chosen = chosen_rules(rules, select, ignore)
        report = judge(session, chosen, environment_names, None if older is None else older.swaps(session))
        report = replace(report, notices=(*notices(session), *report.notices))
        if accepted is not None:
            report = accepted(report, session, [] if environment_names else [rule.id for rule in chosen], exclude)
        if older is not None:
            then = replace(older.session, reported=older.reported(session))
            then_chosen = chosen_rules(rules_of(then.policy), select, ignore, strict=False)
            report = older.compare(report, judge(then, then_chosen, environment_names, commit=older.commit), session)
        status = exit_status(report, fail_on or str(session.policy.fail_on), strict, min_resolved)
        if session.evidence_faults:
            # A record that cannot be read may be the one that counts: what was judged without it is written, and not trusted.
            status = 2
            if not any(each.format == "text" and each.path is None for each in outputs):
                errors.tell(PolicyError(session.evidence_faults).diagnostics())
        judged = [rule.id for rule in chosen if session.policy.severity(rule.id, rule.severity) is not Severity.OFF]
        for destination in outputs:
            destinations.write(
                destination,
                _render(
                    report, rules, judged, destination, session, status, sarif_profile, color, quiet, verbose, show_suppressed
                ),
            )
    return status


def command() -> click.Command:
    """`routelint scan` with its options; click is loaded for it, and `quick` reads plain arguments without."""

    @click.command()
    @options.paths_argument
    @options.policy_option
    @options.format_option(FORMATS)
    @click.option(
        "--fail-on", type=click.Choice(GATES), help="Exit with 1 where a finding is at least this severe. [default: error]"
    )
    @click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Suppress the findings that this baseline accepts; 'routelint baseline' writes one.",
    )
    @click.option(
        "--diff",
        metavar="REF",
        help="Report what is new since HEAD and this git ref (origin/main) parted; count what is fixed and unchanged.",
    )
    @click.option(
        "--staged",
        is_flag=True,
        help="Judge what is staged for commit; without --diff, report what is new since the last commit.",
    )
    @click.option("--strict", is_flag=True, help="Exit with 3 where a file could not be read.")
    @click.option("--select", multiple=True, metavar="RULE", help="Judge by these rules only; repeatable.")
    @click.option("--ignore", multiple=True, metavar="RULE", help="Leave these rules out; repeatable.")
    @click.option(
        "--environment", "environment_names", multiple=True, metavar="ENV", help="Report only what concerns this environment."
    )
    @click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files that match this gitignore-style pattern.")
    @click.option(
        "--min-resolved", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 where fewer routes resolve."
    )
    @click.option(
        "--show-suppressed", is_flag=True, help="Also print the findings that directives, waivers and the baseline silence."
    )
    @click.option(
        "--sarif-profile", type=click.Choice(SARIF_PROFILES), default="github", help="What SARIF holds. [default: github]"
    )
    @options.no_repo_config_option
    @options.work_options
    @options.today_option
    @options.display_options
    @wraps(scan)
    def decorated(**values: Any) -> int:
        return scan(**values)

    return decorated


def _accepted(baseline: Path) -> Callable[[Report, Session, Collection[str], Sequence[str]], Report]:
    """Takes the findings that a baseline accepts out of a report; the file is read at once."""
    from routelint.cli import baseline as baselines  # of no use without one

    read = baselines.read(baseline)
    return lambda report, session, judged, exclude: baselines.use(report, read, baseline, session, judged, exclude)


def _comparing(stack: ExitStack, paths: Sequence[Path], diff: str | None, staged: bool) -> Comparing | None:
    """What is to be compared, as long as `stack` is open; None where nothing is."""
    if diff is None and not staged:
        return None
    from routelint.cli import compare  # only a comparison pays for git

    return compare.start(stack, scanned_root(paths), diff, staged=staged)


def chosen_rules(
    rules: Sequence[Rule], select: Sequence[str], ignore: Sequence[str], *, strict: bool = True
) -> tuple[Rule, ...]:
    """The rules to judge by, in their order; where not `strict`, a name that is no rule chooses nothing.

    Raises:
        click.UsageError: a name is no rule; every wrong one is named with the nearest rule.
    """
    known = {rule.id for rule in rules}
    wrong = [name for name in (*select, *ignore) if name not in known and strict]
    if wrong:
        hints = "; ".join(
            f"no rule '{name}'" + (f", did you mean '{near}'?" if (near := nearest(name, known)) else "") for name in wrong
        )
        raise click.UsageError(f"{hints}; 'routelint rules' lists them")
    return tuple(rule for rule in rules if (not select or rule.id in select) and rule.id not in ignore)


def notices(session: Session) -> tuple[str, ...]:
    """Remarks about the run itself."""
    said = [str(warning) for warning in session.policy.warnings]
    if session.misspelt_policy is not None:
        said.append(f"'{session.misspelt_policy}' is not read: a policy is named routelint.yaml; the built-in one applies")
    if session.catalog.stale(session.today):
        said.append(
            f"the model catalog is of {session.catalog.as_of}, more than 90 days old: prices and dates may have changed"
        )
    return tuple(said)


def exit_status(report: Report, fail_on: str, strict: bool, min_resolved: float | None) -> int:
    """0, 1 or 3 by the contract of the command line."""
    if incomplete(report.errors, strict):
        return 3
    if fail_on != "never" and any(each.severity.rank <= Severity(fail_on).rank for each in report.findings):
        return 1
    coverage = report.coverage
    if min_resolved is not None and coverage.routes and 100 * coverage.resolved / coverage.routes < min_resolved:
        return 1
    return 0


def _render(
    report: Report,
    rules: Sequence[Rule],
    judged: Sequence[str],
    destination: Destination,
    session: Session,
    status: int,
    sarif_profile: str,
    color: str,
    quiet: bool,
    verbose: bool,
    show_suppressed: bool,
) -> str:
    on_terminal = destination.path is None
    printing = Printing(
        version=__version__,
        rules=rules,
        source=session.text,
        width=options.terminal_width() if on_terminal else None,
        colour=on_terminal and options.coloured(color, os.environ.get("NO_COLOR")),
        quiet=quiet,
        show_suppressed=show_suppressed,
        shown_prefix=session.shown_prefix,
        repository_prefix=session.repository_prefix,
        exit_code=status,
        judged=judged,
    )
    if destination.format in ("markdown", "html"):
        from routelint.cli import published

        printing = replace(printing, link_base=published.link_base(os.environ))
    notes = verbose or session.policy.shows_notes
    return scan_report(destination.format, report, printing, sarif_profile, notes=notes)
