from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import (
    ANY_REPORT,
    CALL,
    DEFAULT_HOP,
    EMPTY,
    FINDINGS,
    HOSTILE_PATH,
    REPORTS,
    RICH,
    SUPPRESSED,
    hop,
    printing,
)
from routelint.model import Coverage, Finding, Location, Report, ScanError, Severity, Span
from routelint.output import text
from routelint.output.layout import columns

CASES = Path(__file__).parent / "cases_output"
UNSHOWABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [80, 120, None], ids=["80", "120", "pipe"])
def test_golden(name: str, width: int | None, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"scan-{name}-{width or 'pipe'}.txt", text.scan(REPORTS[name], printing(width=width, show_suppressed=True)))


def test_golden_quiet(golden: Callable[[Path, str], None]) -> None:
    golden(CASES / "scan-rich-quiet.txt", text.scan(RICH, printing(quiet=True)))


def test_golden_colour(golden: Callable[[Path, str], None]) -> None:
    written = text.scan(RICH, printing(width=80, colour=True))
    golden(CASES / "scan-rich-colour.txt", written.replace("\x1b", "<ESC>"))


def test_colour_is_the_only_difference_colour_makes() -> None:
    coloured = text.scan(RICH, printing(width=80, colour=True))
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text.scan(RICH, printing(width=80))


def test_no_findings_says_what_was_looked_at() -> None:
    report = replace(EMPTY, references=RICH.references[:1], files=3)
    assert text.scan(report, printing()).splitlines() == [
        "no findings",
        "1 of 1 route resolved (100 %); 3 files looked at; the built-in policy 'recommended'",
    ]


def test_no_routes_is_said() -> None:
    assert text.scan(replace(EMPTY, files=12, policy="p.yaml"), printing()).splitlines() == [
        "no findings",
        "no model routes in 12 files looked at; policy p.yaml",
    ]


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (Coverage(47, 41), "41 of 47 routes resolved (87 %)"),
        (Coverage(1000, 999), "999 of 1,000 routes resolved (99 %)"),
        (Coverage(1, 1), "1 of 1 route resolved (100 %)"),
        (Coverage(3, 0), "0 of 3 routes resolved (0 %)"),
    ],
)
def test_coverage_is_never_rounded_up(coverage: Coverage, words: str) -> None:
    assert text.resolved(coverage) == words


def test_notes_can_be_counted_instead_of_shown() -> None:
    written = text.scan(RICH, printing(), notes=False)
    assert "note[unresolved-model]" not in written
    assert "1 note not shown; `--verbose` shows them" in written
    assert "4 errors, 2 warnings and 1 note" in written


def test_suppressed_findings_are_counted_and_shown_on_demand() -> None:
    assert "1 suppressed by 1 waiver" in text.scan(RICH, printing())
    assert "suppressed[unjustified-premium-model]" not in text.scan(RICH, printing())
    shown = text.scan(RICH, printing(show_suppressed=True))
    assert "suppressed[unjustified-premium-model]" in shown
    assert SUPPRESSED[0].reason in shown


def test_help_stands_once_per_rule() -> None:
    report = Report(tuple(replace(FINDINGS[3], location=replace(CALL, symbol=str(number))) for number in range(3)))
    assert text.scan(report, printing()).count("= help:") == 1


def test_a_fix_is_the_help_where_there_is_one() -> None:
    helps = [line.strip() for line in text.scan(Report(FINDINGS[1:2]), printing()).splitlines() if "= help:" in line]
    assert helps == [
        "= help: replace the model with 'amazon.nova-lite-v1:0' (unsafe fix)",
        "= help: change the default of var.model (safe fix)",
    ]


def test_the_hint_names_the_worst_rule_then_the_most_frequent() -> None:
    assert "routelint explain unjustified-premium-model" in text.scan(RICH, printing()).splitlines()[-1]
    warnings = Report((*FINDINGS[3:4], *FINDINGS[5:6], FINDINGS[5]))
    assert "routelint explain unparsable-file" in text.scan(warnings, printing()).splitlines()[-1]


def test_what_stands_above_is_not_repeated() -> None:
    again = replace(FINDINGS[0], rule="unjustified-premium-model", message="twice")
    written = text.scan(Report((FINDINGS[0], again, replace(again, trail=(DEFAULT_HOP,)))), printing())
    first, second, third, _ = written.split("\n\n")
    assert "^^^" in first
    assert second.splitlines()[:2] == ["error[unjustified-premium-model]: twice", " --> infra/main.tf:7:29  as above"]
    assert "^^^" not in second
    assert "dev.tfvars" not in second
    assert "^^^" in third


def test_a_long_trail_keeps_its_first_steps_and_its_origin() -> None:
    trail = (*(hop("infra/variables.tf", "model", f"step {number}") for number in range(20)), DEFAULT_HOP)
    written = text.scan(Report((replace(FINDINGS[0], trail=trail),)), printing())
    assert "step 5" in written
    assert "= 14 more steps" in written
    assert "step 6" not in written
    assert "default of var.model" in written
    assert written.count("= from") == text.MOST_HOPS - 1


def test_a_file_that_cannot_be_read_is_always_told() -> None:
    report = Report(errors=(ScanError("a.tf", "broken", 3, 7),))
    assert "a.tf:3:7: broken" in text.scan(report, printing())
    assert text.scan(report, printing(quiet=True)) == "a.tf:3:7: broken\n"


def test_many_unread_files_are_counted() -> None:
    report = Report(errors=tuple(ScanError(f"{number:03}.tf", "broken") for number in range(50)))
    lines = text.scan(report, printing()).splitlines()
    assert lines[0] == "50 files could not be read completely:"
    assert lines[21] == "  and 30 more faults; `--format json` lists them all"


def test_quiet_tells_an_unread_file_once() -> None:
    unparsable = Finding("unparsable-file", Severity.WARNING, "cannot read", Location("a.tf"), Span(1, 1, 1, 1))
    report = Report((unparsable,), errors=(ScanError("a.tf", "broken"),))
    assert text.scan(report, printing(quiet=True)) == "a.tf:1:1: warning[unparsable-file]: cannot read\n"


def test_quiet_says_nothing_where_there_is_nothing() -> None:
    assert text.scan(EMPTY, printing(quiet=True)) == ""


def test_paths_are_shown_from_the_current_directory() -> None:
    written = text.scan(RICH, printing(shown_prefix="work/"))
    assert " --> work/infra/main.tf:7:29" in written
    assert "= from work/infra/dev.tfvars:1" in written
    assert "policy work/routelint.yaml" in written


@pytest.mark.parametrize(
    ("path", "prefix", "shown"),
    [
        ("a.tf", "", "a.tf"),
        ("a.tf", "infra/", "infra/a.tf"),
        ("a.tf", "../", "../a.tf"),
        ("../routelint.yaml", "infra/", "routelint.yaml"),
        ("../../routelint.yaml", "infra/", "../routelint.yaml"),
        ("/etc/routelint.yaml", "infra/", "/etc/routelint.yaml"),
    ],
)
def test_a_policy_outside_of_what_is_scanned_keeps_its_place(path: str, prefix: str, shown: str) -> None:
    assert printing(shown_prefix=prefix).shown(path) == shown
    assert printing(repository_prefix=prefix).in_repository(path) == shown


def test_a_hostile_name_stays_on_its_line() -> None:
    written = text.scan(REPORTS["hostile"], printing())
    assert "\x1b" not in written
    assert HOSTILE_PATH not in written
    assert "caf\\xe9" in written


@settings(max_examples=30)
@given(ANY_REPORT, st.booleans(), st.none() | st.integers(40, 140))
def test_any_report_prints_without_controls_or_commands(report: Report, quiet: bool, width: int | None) -> None:
    surroundings = printing(quiet=quiet, width=width, show_suppressed=True)
    written = text.scan(report, surroundings)
    written.encode()
    for line in written.split("\n"):
        assert not {unicodedata.category(character) for character in line} & UNSHOWABLE
        assert not re.match(r"\s*::\w", line)
        assert not re.search(r"##\w*\[", line)
    assert written == text.scan(report, surroundings)


def test_the_rich_report_fits_the_terminal() -> None:
    for width in (80, 120):
        for line in text.scan(RICH, printing(width=width)).splitlines():
            # Names are never broken, and the last line is a command to copy.
            assert columns(line) <= width or " " not in line.strip() or "routelint explain" in line
