from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Set
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

from reports import ANY_REPORT, EMPTY, ERRORS, FINDINGS, HOSTILE, REPORTS, RESOURCES, RICH, ROUTES, printing, rows
from routelint.model import Report
from routelint.output import escape, html_inventory, html_page, html_report

CASES = Path(__file__).parent / "cases_output"
VOID = {"meta", "br"}
# Every element and attribute the pages are made of: nothing that loads, runs, submits or is styled in place.
ALLOWED: dict[str, Set[str]] = {
    "html": {"lang"},
    "meta": {"charset", "http-equiv", "content", "name"},
    "a": {"href", "rel"},
    "ul": {"class"},
    "p": {"class"},
    "b": {"class"},
    "span": {"class"},
    "div": {"class"},
    "article": {"class"},
    "td": {"class", "data-label"},
    "th": {"class", "scope", "colspan"},
    **dict.fromkeys(("head", "title", "style", "body", "header", "main", "footer", "section"), frozenset[str]()),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "ol", "li", "pre", "code", "mark", "i", "br", "summary"), frozenset[str]()),
    **dict.fromkeys(("table", "thead", "tbody", "tr"), frozenset[str]()),
    "details": {"open"},
}


class Page(HTMLParser):
    """A strict reader: every element is one of ours, and closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.counts: dict[str, int] = {}
        self.attributes: list[tuple[str, str, str]] = []
        self.declaration = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= ALLOWED[tag], (tag, attrs)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in dict.fromkeys(self.open):
            self.texts.setdefault(tag, []).append(data)

    def text(self, tag: str) -> str:
        return "".join(self.texts.get(tag, []))


def scanned(report: Report, **changes: object) -> Page:
    return Page(html_report.scan(report, printing(**changes)))


PAGES = {
    **{f"scan-{name}": html_report.scan(report, printing(shown_prefix="work/")) for name, report in REPORTS.items()},
    "inventory-rich": html_inventory.inventory(rows(), RESOURCES, ERRORS, printing()),
}


@pytest.mark.parametrize("name", PAGES)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"{name}.html", PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_alone(name: str) -> None:
    page = Page(PAGES[name])
    assert page.declaration == "DOCTYPE html"
    assert not [each for each in page.attributes if each[1] in ("href", "src")]
    assert not re.search(r"url\(|@import|//", page.text("style"))
    assert len(PAGES[name].encode()) < 30_000


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_of_a_page_allows_its_style_and_nothing_else(name: str) -> None:
    page = Page(PAGES[name])
    digest = base64.b64encode(hashlib.sha256(page.text("style").encode()).digest()).decode()
    (content,) = [value for tag, key, value in page.attributes if tag == "meta" and value.startswith("default-src")]
    assert content == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # Before anything it governs.
    assert PAGES[name].index("Content-Security-Policy") < PAGES[name].index("<style>")


def test_a_page_is_made_for_both_schemes_and_for_phones() -> None:
    assert "color-scheme:light dark" in html_page.STYLE
    assert "@media(prefers-color-scheme:dark)" in html_page.STYLE
    assert ("meta", "content", "width=device-width, initial-scale=1") in Page(PAGES["scan-rich"]).attributes


def brightness(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    full = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(scheme: int) -> None:
    declared = re.findall(r":root\{(.*?)\}", html_page.STYLE, re.DOTALL)[scheme]
    colours = {name: brightness(value) for name, value in re.findall(r"--(\w+):#([0-9a-f]+)", declared)}
    for text in ("text", "faint", "link", "error", "warning", "note", "good"):
        for behind in ("page", "card"):
            light, dark = sorted((colours[text], colours[behind]), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, behind)
    light, dark = sorted((colours["text"], colours["mark"]), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_findings_stand_by_severity_and_file() -> None:
    page = PAGES["scan-rich"]
    headings = re.findall(r"<h[23]>(.*?)</h[23]>", page)
    assert headings[:9] == [
        *("4 errors", "work/infra/main.tf", "work/web/config.min.json"),
        *("2 warnings", "work/legacy/latin.tf", "work/services/triage/app.py"),
        *("1 note", "work/services/wide.py", "What to do"),
    ]
    assert Page(page).counts["article"] == len(FINDINGS)


def test_a_finding_shows_its_code_its_trail_and_the_way_out() -> None:
    page = scanned(Report(FINDINGS[:1]))
    assert page.text("mark") == "var.model"
    assert 'resource "aws_bedrockagent_agent" "support" {' in page.text("pre")
    assert "dev.tfvars sets model" in page.text("ol")
    assert "in dev" in page.text("ul")
    assert "a model of a lower tier" in page.text("ul")


def test_coverage_and_what_was_silenced_are_told() -> None:
    page = scanned(RICH)
    assert "3 of 5 routes resolved (60 %)" in page.text("section")
    assert "var.model has no default" in page.text("td")
    assert "frozen until the March migration, OPS-77" in page.text("td")
    assert "2 files could not be read completely" in page.text("h2")


def test_a_clean_scan_says_so() -> None:
    page = scanned(EMPTY)
    assert page.text("h1") == "routelint: no findings"
    assert "article" not in page.counts


def test_places_are_links_only_where_the_commit_is_shown_somewhere() -> None:
    page = scanned(Report(FINDINGS[:1]), link_base="https://git.example/a/blob/0a/", repository_prefix="work/")
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert links[0] == "https://git.example/a/blob/0a/work/infra/main.tf#L7"


def test_hostile_text_is_only_text() -> None:
    page = scanned(HOSTILE)
    assert escape.terminal(HOSTILE.findings[0].message) in page.text("h4")
    assert page.counts["b"] == scanned(EMPTY).counts["b"] + 1


def test_an_inventory_names_models_prices_and_tags() -> None:
    page = Page(PAGES["inventory-rich"])
    cells = page.text("td")
    for text in ("us.anthropic.claude-opus-4-1-20250805-v1:0", "16.50", "team=search", "prod, staging", "ticket-triage"):
        assert text in cells
    assert page.counts["tr"] >= len(ROUTES)


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_a_sound_page(report: Report) -> None:
    written = html_report.scan(report, printing())
    written.encode()
    assert Page(written).counts.get("article", 0) == len(report.findings)
