from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports import ANY_REPORT, EMPTY, ERRORS, FINDINGS, HOSTILE, REPORTS, RICH, printing, rows
from routelint.model import Location, Report, Severity, Suppressed
from routelint.output import bounded, markdown

CASES = Path(__file__).parent / "cases_output"
OUR_MARKUP = re.compile(r"<br>|</?details>|<summary>[^<]*</summary>|</?summary>|<!-- -->")


def tokens(text: str) -> list[Token]:
    flat: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        flat.append(token)
        flat.extend(token.children or [])
    return flat


def cells(text: str, column: int) -> list[str]:
    """The cells of a column of the first table, without its heading."""
    table = [line for line in text.split("\n\n")[2].splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ")[column] for line in table[2:]]


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"scan-{name}.md", markdown.scan(REPORTS[name], printing(repository_prefix="work/")))


def test_golden_inventory(golden: Callable[[Path, str], None]) -> None:
    golden(CASES / "inventory-rich.md", markdown.inventory(rows(), ERRORS, printing()))


def test_the_heading_says_what_was_found() -> None:
    assert markdown.scan(RICH, printing()).startswith("## routelint: 4 errors, 2 warnings and 1 note\n")
    assert markdown.scan(EMPTY, printing()).startswith("## routelint: no findings\n")


def test_the_worst_come_first() -> None:
    report = replace(RICH, notices=())
    assert cells(markdown.scan(report, printing()), 0) == ["**error**"] * 4 + ["warning"] * 2 + ["note"]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("", "work/infra/main.tf#L7", id="relative to the repository"),
        pytest.param(
            "https://git.example/a/b/blob/0a/", "https://git.example/a/b/blob/0a/work/infra/main.tf#L7", id="at a host"
        ),
    ],
)
def test_a_place_is_a_link_to_its_line(base: str, expected: str) -> None:
    written = markdown.scan(Report(FINDINGS[:1]), printing(repository_prefix="work/", link_base=base))
    assert cells(written, 2) == [f"[work/infra/main.tf:7]({expected})"]


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/policy.yaml"])
def test_a_place_outside_of_the_repository_is_no_link(path: str) -> None:
    report = Report((replace(FINDINGS[0], location=Location(path), trail=()),))
    assert "](" not in markdown.scan(report, printing())


def many(count: int) -> Report:
    severities = (Severity.NOTE, Severity.ERROR, Severity.WARNING)
    return Report(tuple(replace(FINDINGS[0], severity=severities[number % 3]) for number in range(count)))


def test_a_long_report_is_cut_and_what_was_cut_is_counted() -> None:
    written = markdown.scan(many(3_000), printing())
    assert markdown.MOST_CHARACTERS - 2_000 < bounded.size(written) <= markdown.MOST_CHARACTERS
    shown = len(cells(written, 0))
    assert set(cells(written, 0)) == {"**error**"}
    assert f"**{1_000 - shown:,} errors, 1,000 warnings and 1,000 notes left out**" in written
    assert "`routelint scan` lists all" in written
    assert "What to do" in written


def test_a_short_report_is_not_cut() -> None:
    assert "left out" not in markdown.scan(many(50), printing())


def test_what_is_folded_is_cut_too() -> None:
    suppressed = tuple(Suppressed(finding, "waiver", "x" * 500) for finding in many(900).findings)
    written = markdown.scan(replace(RICH, suppressed=suppressed), printing())
    assert bounded.size(written) <= markdown.MOST_CHARACTERS
    assert re.search(r"\d+ suppressed findings left out", written)
    assert written.count("<details>") == written.count("</details>")


def test_a_long_inventory_is_cut() -> None:
    written = markdown.inventory(rows() * 400, (), printing())
    assert bounded.size(written) <= markdown.MOST_CHARACTERS
    assert re.search(r"\*\*1,\d\d\d routes left out\*\*", written)


def test_a_wide_character_counts_as_two() -> None:
    finding = replace(FINDINGS[0], message="🎉" * 500)
    written = markdown.scan(Report((finding,) * 200), printing())
    assert len(written) < bounded.size(written) <= markdown.MOST_CHARACTERS


def test_no_hostile_text_becomes_markup() -> None:
    for token in tokens(markdown.scan(HOSTILE, printing())):
        assert token.type != "image"
        if token.type == "link_open":
            assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+#L\d+", str(token.attrGet("href")))
        if token.type in ("html_inline", "html_block"):
            assert OUR_MARKUP.sub("", token.content).strip() == ""


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_one_row_per_finding(report: Report) -> None:
    written = markdown.scan(report, printing())
    written.encode()
    assert bounded.size(written) <= markdown.MOST_CHARACTERS
    found = tokens(written)
    body = [token for token in found if token.type == "tr_open"]
    if report.findings:
        assert len(body) == len(report.findings) + 1
        assert sum(1 for token in found if token.type == "td_open") == 4 * len(report.findings)
    assert not any(token.type == "image" for token in found)
    for token in found:
        if token.type in ("html_inline", "html_block"):
            assert OUR_MARKUP.sub("", token.content).strip() == ""
