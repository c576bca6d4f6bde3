"""What every printer writes of a hostile text in every place, and what must hold for what it writes."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.etree import ElementTree
from zlib import crc32

from markdown_it import MarkdownIt
from markdown_it.token import Token

import strict_markdown
from reports import LITE, RULES, model, printing, reference
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
from test_output_html import ALLOWED, VOID, Page

SPAN = Span(1, 1, 1, 3)
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARKDOWN_BLOCKS = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])
_ENTITY = r"&(?:amp|lt|gt|quot|#x27|#\d+);"
_CHARACTERS = rf'[^<>&"]*(?:{_ENTITY}[^<>&"]*)*'
_ATTRIBUTE = re.compile(rf' ([a-z-]+)(?:="{_CHARACTERS}")?')
_MARKUP = re.compile(
    rf"[^<>&]+|{_ENTITY}"
    r"|\A<!DOCTYPE html>"
    r"|<style>[^<]*</style>"
    rf"|<(?P<tag>[a-z][a-z0-9]*)(?P<attributes>(?: [a-z-]+(?:=\"{_CHARACTERS}\")?)*)>"
    r"|</(?P<closed>[a-z][a-z0-9]*)>"
)


def report_of(payload: str) -> Report:
    """A report with the payload wherever the scanned repository has a say; names of rules come from a policy.

    There is a finding of each severity. Which one says all that a finding can say is up to the payload.
    """
    place = Location(payload or "empty", SPAN, payload)
    full = crc32(payload.encode("utf-8", "surrogatepass")) % len(SEVERITIES)
    findings = [Finding(payload or "custom", severity, payload, place, SPAN, fingerprint=payload) for severity in SEVERITIES]
    findings[full] = replace(
        findings[full],
        root=payload,
        roots=(payload, "."),
        model=payload,
        environments=(payload, payload),
        trail=(Hop(place, payload), Hop(Location(f"a/{payload}", SPAN), payload)),
        related=(Related(place, payload),),
        notes=(payload,),
        fixes=(Fix(payload, (Edit(payload or "empty", SPAN, payload),)),),
    )
    return Report(
        tuple(findings),
        (Suppressed(findings[full], payload, payload),),
        (replace(reference(Unknown(payload), place), root=payload, workload=payload),),
        errors=(ScanError(payload or "empty", payload), ScanError(payload or "empty", payload, internal=True)),
        files=1,
        policy=payload,
        notices=(payload,),
    )


def rows_of(payload: str) -> tuple[Row, ...]:
    choices = (Choice(model(payload), environments=(payload,)), Choice(model(LITE)))
    place = Location(payload or "empty", SPAN, payload)
    route = replace(
        reference(OneOf(choices, Unknown(payload)), place),
        root=payload,
        workload=payload,
        environments=(payload,),
        tags=Tags({payload: payload, f"{payload}2": Unknown(payload)}),
        sink=payload,
        language=payload,
    )
    known = reference(Known(choices[0]), place)
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
    if not written.replace("\n", "").isprintable():
        # Each character once: a page has a hundred thousand, and some hundred different ones.
        unfit = {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert not {character for character in set(written) if unicodedata.category(character) in unfit} - {"\n"}
    assert "::" not in written or not re.search(r"^\s*::\w", written, re.MULTILINE)
    assert "##" not in written or not re.search(r"##\w*\[", written)


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


def is_strict_markdown(written: str) -> None:
    plain_lines(written)
    assert len(written.encode("utf-16-le")) // 2 <= markdown.MOST_CHARACTERS
    strict_markdown.read(written)


def is_markdown(written: str) -> None:
    is_strict_markdown(written)
    is_lenient_markdown(written)


def is_lenient_markdown(written: str) -> None:
    """A reader of all of Markdown finds nothing but what reports are made of."""
    counts = {len(re.findall(r"(?<!\\)\|", line)) for line in written.splitlines() if line.startswith("|")}
    assert len(counts) <= 1
    defined: dict[str, object] = {}
    blocks = _MARKDOWN_BLOCKS.parse(written, defined)
    assert not defined.get("references")
    # Where nothing is defined, what a text means depends on nothing but itself: of those that are equal one is read.
    contents = dict.fromkeys(token.content for token in blocks if token.type == "inline")
    found = [*blocks, *(token for content in contents for token in _inline(content))]
    assert not {token.type for token in found} & {"image", "fence", "code_block", "hr"}
    assert {token.tag for token in found if token.type == "heading_open"} == {"h2"}
    for token in found:
        if token.type == "link_open":
            assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+#L\d+(?:-L\d+)?", str(token.attrGet("href")))
        elif token.type in ("html_inline", "html_block"):
            assert not re.sub(r"<br>|</?details>|<summary>[\w ]*</summary>|</?summary>|<!-- -->", "", token.content).strip()
        elif token.type == "text":
            assert not re.search(r"(?:^|\s)[@#!~%&$]\w|://|www\.\w|GH-\d|:\w+:", token.content)


@lru_cache(maxsize=256)
def _inline(content: str) -> tuple[Token, ...]:
    """The tokens in the text of a block."""
    return tuple(each for token in _MARKDOWN.parseInline(content) for each in token.children or [])


def is_markup(written: str) -> None:
    """Tags, attributes in quotes and text written in the one way that no reader takes for anything else."""
    plain_lines(written)
    unread = 0
    opened: list[str] = []
    for found in _MARKUP.finditer(written):
        assert found.start() == unread, written[unread : unread + 80]
        unread = found.end()
        tag, attributes, closed = found.groups()
        if tag is not None:
            names = _ATTRIBUTE.findall(attributes)
            assert not set(names) - ALLOWED[tag] | {"href", "src"} & set(names), found[0]
            if tag not in VOID:
                opened.append(tag)
        elif closed is not None:
            assert opened, found[0]
            assert opened.pop() == closed, found[0]
    assert unread == len(written), written[unread : unread + 80]
    assert not opened


def is_page(written: str) -> None:
    is_markup(written)
    page = Page(written)
    assert not [each for each in page.attributes if each[1] in ("href", "src")]


@dataclass(frozen=True)
class Printer:
    """What a format writes of a payload, and what must hold for it."""

    write: Callable[[str], Iterable[str]]
    check: Callable[[str], None]


# What is said of a rule does not come from a scanned repository: two of them take less time.
GIVEN = printing(show_suppressed=True, rules=RULES[:2])
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
