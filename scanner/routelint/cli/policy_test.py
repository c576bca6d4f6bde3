"""`routelint policy test`: runs the tests that lie beside a policy."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import click

from routelint import __version__, engine
from routelint import catalog as known_models
from routelint import policy as policies
from routelint.cli import destinations, options
from routelint.cli.destinations import Destination
from routelint.cli.errors import PolicyFault
from routelint.cli.rule_set import rule_ids, rules_of
from routelint.cli.session import load_policy, read_policy
from routelint.collect import collect, listing
from routelint.output import comparison
from routelint.output.printing import Printing
from routelint.policy import Policy, PolicyError
from routelint.policy_tests import Case, Comparison, Result, Suite, compare, concerning, load


@click.command()
@options.paths_argument
@options.policy_option
@options.format_option(("text", "json"))
@options.color_option
@click.option("--quiet", "-q", is_flag=True, help="Print failed tests and the count only.")
def test(
    paths: tuple[Path, ...],
    policy_path: Path | None,
    formats: tuple[Destination, ...],
    output: Path | None,
    color: str,
    quiet: bool,
) -> int:
    """Run the tests of a policy: the files *.routelint-test.yaml at or below PATHS, or beside the policy found upward.

    Exit status: 0 every test holds, 1 a test fails, 2 a test file or a policy has faults, or there is no test.
    """
    files = _test_files(paths, policy_path)
    if not files:
        where = ", ".join(f"'{path}'" for path in paths) or "beside the policy"
        raise click.UsageError(f"no tests found ({where}); a file of tests is named NAME{policies.TESTS}")
    faults: list[str] = []
    suites: list[tuple[Suite, Policy]] = []
    for file in files:
        try:
            suites.append(_load(file, policy_path))
        except PolicyFault as fault:
            faults.append(fault.message)
    if faults:
        raise PolicyFault("\n".join(dict.fromkeys(faults)))
    results = [_run(case, suite.path, governing) for suite, governing in suites for case in suite.cases]
    for destination in destinations.chosen(formats, output):
        on_terminal = destination.path is None
        printing = Printing(
            version=__version__,
            colour=on_terminal and options.coloured(color, os.environ.get("NO_COLOR")),
            quiet=quiet,
        )
        as_json = destination.format == "json"
        destinations.write(destination, comparison.tests_json(results) if as_json else comparison.tests(results, printing))
    return 0 if all(result.passed for result in results) else 1


def _test_files(paths: Sequence[Path], policy_path: Path | None) -> list[Path]:
    """The files of tests, sorted, each once.

    Raises:
        click.UsageError: a path does not exist, or is a file that is no file of tests.
    """
    found: list[Path] = []
    for path in paths or [_beside(policy_path)]:
        if path.is_dir():
            found.extend(path / name for name in listing.files(path) if name.endswith(policies.TESTS))
        elif not path.exists():
            raise click.UsageError(f"path '{path}' does not exist")
        elif not path.name.endswith(policies.TESTS):
            raise click.UsageError(f"'{path}' is no file of policy tests; one is named NAME{policies.TESTS}")
        else:
            found.append(path)
    return sorted(dict.fromkeys(found))


def _beside(policy_path: Path | None) -> Path:
    """The folder of the policy, as people would type it."""
    if policy_path is not None:
        return policy_path.parent
    governing = policies.find(Path.cwd().as_posix(), lambda candidate: Path(candidate).is_file())
    if governing is None:
        return Path()
    folder = Path(governing).parent
    return Path(os.path.relpath(folder.parent if folder.name == ".github" else folder))


def _load(file: Path, policy_path: Path | None) -> tuple[Suite, Policy]:
    """The tests of a file and the policy they test.

    Raises:
        PolicyFault: either has faults; all of them are shown.
    """
    governing: list[Policy] = []

    def rules(named: str | None) -> Collection[str]:
        folder = file.resolve().parent
        path = policy_path if policy_path is not None or named is None else folder / named
        found = path or policies.find(folder.as_posix(), lambda candidate: Path(candidate).is_file())
        if found is not None:
            folder = Path(found).resolve().parent
            folder = folder.parent if folder.name == ".github" else folder
        governing.append(load_policy(None if found is None else Path(found), folder, rule_ids()))
        return rule_ids(governing[0])

    try:
        suite = load(read_policy(file, "tests"), file.as_posix(), rules)
    except PolicyError as error:
        raise PolicyFault(error.diagnostics()) from error
    return suite, governing[0]


def _run(case: Case, path: str, policy: Policy) -> Result:
    """The result of one test, from a folder that holds its files and nothing else."""
    # The test's own folder is the root that the policy's path patterns start at.
    governing = replace(policy, base="")
    rules = [rule for rule in rules_of(governing) if not case.rules or rule.id in case.rules]
    models = known_models.load()
    with tempfile.TemporaryDirectory(prefix="routelint-") as folder:
        try:
            _write(Path(folder), case)
        except OSError as error:
            return Result(path, case, Comparison(), Comparison(), (f"cannot write its files: {error.strerror or error}",))
        collected = collect(Path(folder))
        resolved = engine.resolve(
            collected.units, collected.tree, governing, models, rule_ids=rule_ids(governing), errors=collected.errors
        )
        report = engine.judge(resolved, rules, governing, models, case.today)
    suppressed = concerning(case, [each.finding for each in report.suppressed])
    return Result(
        path,
        case,
        compare(case.expect, concerning(case, report.findings)),
        Comparison() if case.suppressed is None else compare(case.suppressed, suppressed),
        tuple(error.message for error in report.errors if error.internal),
    )


def _write(folder: Path, case: Case) -> None:
    for name, text in case.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))
