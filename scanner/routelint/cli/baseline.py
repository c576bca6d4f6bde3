"""`routelint baseline`, and `scan --baseline`: findings that are known and accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path

import click

from routelint import baseline as known
from routelint.baseline import Baseline
from routelint.cli import destinations, options
from routelint.cli.destinations import Destination
from routelint.cli.errors import PolicyFault, tell
from routelint.cli.judging import judge
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.session import Session, incomplete, open_session, repository_of, scanned_root
from routelint.collect import patterns
from routelint.model import Accepted, Report
from routelint.output import escape
from routelint.output.layout import counted
from routelint.output.printing import Printing

EXIT_INCOMPLETE = 3


@click.command()
@options.paths_argument
@options.policy_option
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help=f"The file to write. [default: {known.NAME} at the root of the repository]",
)
@click.option("--update", is_flag=True, help="Only remove what is fixed from the file; accept nothing new.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files that match this gitignore-style pattern.")
@options.no_repo_config_option
@options.today_option
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but faults.")
def baseline(
    paths: tuple[Path, ...],
    policy_path: Path | None,
    no_repo_config: bool,
    output: Path | None,
    update: bool,
    exclude: tuple[str, ...],
    today: date | None,
    quiet: bool,
) -> int:
    """Write the findings of today below PATHS to a baseline, so that `scan --baseline` reports later ones only.

    Entries of the file that lie elsewhere than PATHS stay. With --update nothing is accepted that was not before: what is
    fixed is removed, and the file can only shrink.

    Exit status: 0 written or unchanged, 2 usage, policy or baseline error, 3 the scan is incomplete.
    """
    root = scanned_root(paths)
    file = output or (repository_of(root) or root) / known.NAME
    if update and not file.exists():
        raise click.UsageError(f"there is no baseline '{options.shown(file)}' to update; without --update it is written")
    before = read(file) if file.exists() else Baseline(())
    session = open_session(
        paths,
        policy_path,
        today or options.today_utc(),
        rule_ids=rule_ids(),
        exclude=exclude,
        quiet=quiet,
        baseline=file,
        no_repo_config=no_repo_config,
    )
    rules = rules_of(session.policy)
    report = judge(session, rules)
    if session.evidence_faults:
        raise PolicyFault("\n".join(str(fault) for fault in session.evidence_faults))
    waivable = _waivable(session)
    held = [each for each in report.findings if waivable(each.rule)]
    if update:
        stale = use(report, before, file, session, [rule.id for rule in rules], exclude).stale
        entries = known.without(before.entries, stale)
    else:
        in_scope = _scope(session, file, [rule.id for rule in rules], exclude)
        kept = (each for each in before.entries if not in_scope(each))
        # What was asked for may speak of places elsewhere: a finding counts where its trail passes a path given.
        entries = known.unite(kept, known.accept(held, placing(session, file)))
    text = known.dump(entries)
    if not file.exists() or file.read_bytes() != text.encode():
        destinations.write(Destination("text", file), text)
    if not quiet:
        click.echo(escape.terminal(_said(file, before.entries, entries, len(report.findings) - len(held))))
    for error in report.errors:
        if error.internal:
            tell(f"{error.path}: {error.message}")
    return EXIT_INCOMPLETE if incomplete(report.errors, strict=False) else 0


def read(file: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        PolicyFault: the file cannot be read or has faults; all of them are shown.
    """
    name = options.shown(file)
    try:
        return Baseline(known.load(file.read_bytes(), name), name)
    except OSError as error:
        reason = error.strerror or error
        raise PolicyFault(
            f"{name}:1:1: cannot read the baseline: {reason}; 'routelint baseline --output {name}' writes one"
        ) from error
    except known.BaselineError as error:
        raise PolicyFault(error.diagnostics()) from error


def use(
    report: Report, accepted: Baseline, file: Path, session: Session, judged: Collection[str], exclude: Sequence[str]
) -> Report:
    """The report with what a baseline accepts among the suppressed findings; `judged` are the rules that were judged by."""
    return known.apply(report, accepted, placing(session, file), _waivable(session), _scope(session, file, judged, exclude))


def placing(session: Session, file: Path) -> Callable[[str], str]:
    """Leads from a path of a report to the same from the root of the repository, or without one from the baseline's folder."""
    repository = repository_of(session.root)
    return Printing("", repository_prefix=_way_down(session.root, repository or file.resolve().parent)).in_repository


def _way_down(root: Path, top: Path) -> str:
    relative = Path(os.path.relpath(root, top)).as_posix()
    return "" if relative == "." else f"{relative}/"


def _waivable(session: Session) -> Callable[[str], bool]:
    """Whether a rule may be silenced under the policy."""
    rules = {rule.id: rule for rule in rules_of(session.policy)}
    return lambda rule_id: rules[rule_id].waivable and session.policy.waivable(rule_id)


def _scope(session: Session, file: Path, judged: Collection[str], exclude: Sequence[str]) -> Callable[[Accepted], bool]:
    """Whether a scan would have reported a finding of an entry: of rules that do not exist any more it never will."""
    known_rules = {rule.id for rule in rules_of(session.policy)}
    top = repository_of(session.root) or file.resolve().parent
    excluded = patterns.matcher(exclude)

    def in_scope(entry: Accepted) -> bool:
        if entry.rule in known_rules and entry.rule not in judged:
            return False
        path = Path(os.path.relpath(top / entry.path, session.root)).as_posix()
        if path.startswith("../"):
            # Above the scanned folder only what governs it is looked at.
            return path in session.policy.files
        return session.reported(path) and not excluded(path)

    return in_scope


def _said(file: Path, before: Sequence[Accepted], after: Sequence[Accepted], refused: int) -> str:
    """What became of the file, in a line."""
    then, now = _counts(before), _counts(after)
    added = sum(max(0, count - then.get(key, 0)) for key, count in now.items())
    removed = sum(max(0, count - now.get(key, 0)) for key, count in then.items())
    changed = [f"{number:,} {word}" for number, word in ((added, "added"), (removed, "removed")) if number]
    said = f"{options.shown(file)}: {counted(sum(now.values()), 'finding')} accepted"
    said += f" ({', '.join(changed)})" if changed else " (unchanged)"
    if refused:
        said += f"; {counted(refused, 'finding')} of rules that may not be silenced left out"
    return said


def _counts(entries: Sequence[Accepted]) -> dict[tuple[str, str, str, str | None], int]:
    return {(each.path, each.symbol, each.rule, each.model): each.count for each in entries}
