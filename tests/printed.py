"""What every printer writes of a hostile text in every place, and what must hold for what it writes."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from markdown_it import MarkdownIt

from reports import LITE, model, printing, reference
from routelint.inventory import Row, RowModel
from routelint.model import (
    Choice,
    Edit,
    Finding,
    Fix,
    Hop,
    Known,
    Location,
    OneOf,
    Related,
    Report,
    Resource,
    ScanError,
    Severity,
    Span,
    Suppressed,
    Tags,
    Unknown,
)
from routelint.output import (
    csv_report,
    github,
    gitlab,
    html_inventory,
    html_report,
    json_report,
    junit,
    markdown,
    sarif,
    table,
    text,
)
from test_output_html import Page

SPAN = Span(1, 1, 1, 3)
_MARKDOWN = MarkdownIt("commonmark").enable("table")


def report_of(payload: str) -> Report:
    """A report with the payload wherever the scanned repository has a say; names of rules come from a policy."""
    place = Location(payload or "empty", SPAN, payload)
    findings = tuple(
        Finding(
            payload or "custom",
            severity,
            payload,
            place,
            SPAN,
            root=payload,
            roots=(payload, "."),
            model=payload,
            environments=(payload, payload),
            trail=(Hop(place, payload), Hop(Location(f"a/{payload}", SPAN), payload)),
            related=(Related(place, payload),),
            notes=(payload,),
            fixes=(Fix(payload, (Edit(payload or "empty", SPAN, payload),)),),
            fingerprint=payload,
        )
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    )
    return Report(
        findings,
        (Suppressed(findings[0], payload, payload),),
        (replace(reference(Unknown(payload), place), root=payload, workload=payload),),
        errors=(ScanError(payload or "empty", payload), ScanError(payload or "empty", payload, internal=True)),
        files=1,
        policy=payload,
        notices=(payload,),
    )


def rows_of(payload: str) -> tuple[Row, ...]:
    choices = (Choice(model(payload), environments=(payload,)), Choice(model(LITE)))
    route = replace(
        reference(OneOf(choices, Unknown(payload)), Location(payload or "empty", SPAN, payload)),
        root=payload,
        workload=payload,
        environments=(payload,),
        tags=Tags({payload: payload, f"{payload}2": Unknown(payload)}),
        sink=payload,
        language=payload,
    )
    known = replace(route, value=Known(choices[0]))
    return (
        Row(route, (RowModel(choices[0], payload, payload, 1.0, 2.0), RowModel(choices[1]))),
        Row(known, (RowModel(choices[0]),)),
    )


def resources_of(payload: str) -> tuple[Resource, ...]:
    place = Location(payload or "empty", SPAN, payload)
    return (Resource(place, payload, payload, payload, SPAN, root=payload, tags=Tags({payload: payload})),)


def plain_lines(written: str) -> None:
    """No character that a terminal obeys, no line that a runner obeys, nothing that no encoder takes."""
    written.encode()
    # Each character once: a page has a hundred thousand, and some hundred different ones.
    unfit = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not {character for character in set(written) if unicodedata.category(character) in unfit} - {"\n"}
    assert not re.search(r"^\s*::\w", written, re.MULTILINE)
    assert not re.search(r"##\w*\[", written)


def is_json(written: str) -> None:
    plain_lines(written)
    assert written.isascii()
    json.dumps(json.loads(written), ensure_ascii=False).encode()


def is_commands(written: str) -> None:
    written.encode()
    for line in written.splitlines():
        plain_lines(line.replace("::", "", 1))
        assert re.fullmatch(r"::(?:error|warning|notice) (?:\w+=[^:,]+|\w+=|,)*::[^\n]*", line)
        message = line.split("::", 2)[2]
        assert not re.search(r"%0A\s*::\w|%0D", message)


def is_xml(written: str) -> None:
    plain_lines(written)
    tags = {element.tag for element in ElementTree.fromstring(written).iter()}
    assert tags <= {"testsuites", "testsuite", "testcase", "failure", "skipped", "error"}


def is_csv(written: str) -> None:
    assert written.count("\r") == written.count("\r\n")
    plain_lines(written.replace("\r\n", "\n"))
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not any(cell.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for row in rows for cell in row)


def is_markdown(written: str) -> None:
    plain_lines(written)
    assert len(written.encode("utf-16-le")) // 2 <= markdown.MOST_CHARACTERS
    found = [each for token in _MARKDOWN.parse(written) for each in (token, *(token.children or []))]
    counts = {len(re.findall(r"(?<!\\)\|", line)) for line in written.splitlines() if line.startswith("|")}
    assert len(counts) <= 1
    assert not {token.type for token in found} & {"image", "fence", "code_block", "hr"}
    assert {token.tag for token in found if token.type == "heading_open"} == {"h2"}
    for token in found:
        if token.type == "link_open":
            assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+#L\d+(?:-L\d+)?", str(token.attrGet("href")))
        elif token.type in ("html_inline", "html_block"):
            assert not re.sub(r"<br>|</?details>|<summary>[\w ]*</summary>|</?summary>|<!-- -->", "", token.content).strip()
        elif token.type == "text":
            assert not re.search(r"(?:^|\s)[@#!~%&$]\w|://|www\.\w|GH-\d|:\w+:", token.content)


def is_page(written: str) -> None:
    plain_lines(written)
    page = Page(written)
    assert not [each for each in page.attributes if each[1] in ("href", "src")]


@dataclass(frozen=True)
class Printer:
    """What a format writes of a payload, and what must hold for it."""

    write: Callable[[str], Iterable[str]]
    check: Callable[[str], None]


GIVEN = printing(show_suppressed=True)
PRINTERS = {
    "text": Printer(
        lambda payload: (
            text.scan(report_of(payload), GIVEN),
            text.scan(report_of(payload), replace(GIVEN, width=None)),
            text.scan(report_of(payload), replace(GIVEN, quiet=True)),
            table.inventory(rows_of(payload), resources_of(payload), report_of(payload).errors, GIVEN),
        ),
        plain_lines,
    ),
    "json": Printer(
        lambda payload: (
            json_report.scan(report_of(payload)),
            json_report.inventory(rows_of(payload), resources_of(payload), report_of(payload).errors),
        ),
        is_json,
    ),
    "sarif": Printer(lambda payload: [sarif.scan(report_of(payload), GIVEN, profile) for profile in sarif.Profile], is_json),
    "github": Printer(lambda payload: [github.scan(report_of(payload), GIVEN)], is_commands),
    "gitlab": Printer(lambda payload: [gitlab.scan(report_of(payload), GIVEN)], is_json),
    "junit": Printer(lambda payload: [junit.scan(report_of(payload), GIVEN)], is_xml),
    "markdown": Printer(
        lambda payload: (
            markdown.scan(report_of(payload), GIVEN),
            markdown.inventory(rows_of(payload), report_of(payload).errors, GIVEN),
        ),
        is_markdown,
    ),
    "csv": Printer(
        lambda payload: (csv_report.scan(report_of(payload), GIVEN), csv_report.inventory(rows_of(payload), GIVEN)), is_csv
    ),
    "html": Printer(
        lambda payload: (
            html_report.scan(report_of(payload), GIVEN),
            html_inventory.inventory(rows_of(payload), resources_of(payload), report_of(payload).errors, GIVEN),
        ),
        is_page,
    ),
}
