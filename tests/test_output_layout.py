from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import FILES, SPANS, TEXTS, place, span_of, statement
from routelint.model import Span
from routelint.output.escape import terminal
from routelint.output.frame import cut_line, frame, source_line
from routelint.output.layout import Paint, Role, columns, counted, cut, grid, listed, pad, wrap
from routelint.output.prices import dollars, ratio, rounded
from routelint.source import SourceText

PLAIN = Paint()


def drawn(path: str, span: Span, whole: Span | None = None, width: int | None = 60) -> list[str]:
    return frame(SourceText(path, FILES[path]), span, whole or span, width, PLAIN, Role.ERROR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", 3), ("模型", 4), ("e\u0301", 1), ("é", 1), ("🎉", 2), ("", 0)],
    ids=["ascii", "wide", "combining", "accent", "emoji", "empty"],
)
def test_columns(text: str, expected: int) -> None:
    assert columns(text) == expected


def test_wrap_breaks_at_blanks_and_keeps_names_whole() -> None:
    name = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/x"
    assert wrap(f"the model {name} is not allowed", 24, 8, 2) == ["the model", name, "is not allowed"]


def test_wrap_without_a_width_is_one_line() -> None:
    assert wrap("a " * 200, None) == ["a " * 200]


@given(TEXTS.map(terminal), st.integers(10, 80), st.integers(0, 9))
def test_wrapped_lines_fit_or_are_one_word_and_lose_nothing(text: str, width: int, indent: int) -> None:
    lines = wrap(text, width, indent, indent)
    assert " ".join(lines).split() == text.split()
    for line in lines:
        assert indent + columns(line) <= width or " " not in line.strip()


@given(TEXTS, st.integers(3, 40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert columns(cut(text, width)) <= width
    if columns(text) <= width:
        assert cut(text, width) == text


def test_pad_counts_columns() -> None:
    assert pad("模", 4) == "模  "
    assert pad("7", 3, right=True) == "  7"


def test_grid_aligns() -> None:
    assert grid([("model", "in"), ("a", "10.00"), ("模型", "3")], {1}) == ["model     in", "a      10.00", "模型       3"]


def test_words() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [counted(0, "route"), counted(1, "route"), counted(1204, "route")] == ["0 routes", "1 route", "1,204 routes"]


@pytest.mark.parametrize(
    ("price", "number", "text"),
    [
        (None, None, "?"),
        (0.0, 0.0, "0.00"),
        (3.3000000000000003, 3.3, "3.30"),
        (0.0352, 0.0352, "0.0352"),
        (0.000012345, 0.00001234, "0.00001234"),
        (82.5, 82.5, "82.50"),
        (1234.56, 1235.0, "1,235.00"),
        (5e-12, 5e-12, "0.000000000005"),
    ],
)
def test_prices_have_four_significant_digits(price: float | None, number: float | None, text: str) -> None:
    assert rounded(price) == pytest.approx(number)
    assert dollars(price) == text


@pytest.mark.parametrize(
    ("times", "text"), [(40.4, "40x"), (2.54, "2.5x"), (1.0, "1x"), (9.96, "10x"), (1.04, "1x"), (250.0, "250x")]
)
def test_ratios_read_as_people_say_them(times: float, text: str) -> None:
    assert ratio(times) == text


def test_the_frame_names_the_block_and_underlines_the_exact_span() -> None:
    whole = statement("infra/main.tf", "resource", "var.model\n}")
    assert drawn("infra/main.tf", span_of("infra/main.tf", "var.model"), whole) == [
        "  |",
        '3 | resource "aws_bedrockagent_agent" "support" {',
        "...",
        "7 |   foundation_model        = var.model",
        "  |                             ^^^^^^^^^",
        "  |",
    ]


def test_a_block_that_starts_on_the_line_above_needs_no_ellipsis() -> None:
    path = "services/triage/app.py"
    assert drawn(path, Span(9, 11, 9, 16), statement(path, "reply = client", "\t)"))[1:4] == [
        "8 |     reply = client.converse(",
        "9 |         modelId=MODEL,",
        "  |                 ^^^^^",
    ]


def test_tabs_reach_the_next_stop() -> None:
    text = SourceText("a.py", "\tx\ty = MODEL\n")
    assert frame(text, Span(1, 8, 1, 13), Span(1, 1, 1, 13), 60, PLAIN, Role.ERROR)[1:3] == [
        "1 |     x   y = MODEL",
        "  |             ^^^^^",
    ]


def test_wide_characters_move_the_underline_by_two() -> None:
    text = SourceText("a.py", '模型 = "模"  # é\u0301\n')
    assert frame(text, Span(1, 6, 1, 9), Span(1, 1, 1, 9), 60, PLAIN, Role.ERROR)[1:3] == [
        '1 | 模型 = "模"  # é\u0301',
        "  |        ^^^^",
    ]


def test_escaped_characters_are_underlined_as_shown() -> None:
    text = SourceText("a.py", "a\x1bb\n")
    assert frame(text, Span(1, 2, 1, 3), Span(1, 2, 1, 3), 60, PLAIN, Role.ERROR)[1:3] == ["1 | a\\x1bb", "  |  ^^^^"]


def test_a_long_line_is_cut_around_the_span_on_both_sides() -> None:
    path = "web/config.min.json"
    span = span_of(path, "us.anthropic.claude-opus-4-1-20250805-v1:0")
    _, line, carets, _ = drawn(path, span, width=70)
    assert columns(line) <= 70
    assert line.startswith("1 | ...x")
    assert line.endswith("y...")
    start = carets.index("^")
    assert line[start : start + carets.count("^")] == "us.anthropic.claude-opus-4-1-20250805-v1:0"


def test_a_span_longer_than_the_terminal_shows_its_start() -> None:
    text = SourceText("a.json", "x" * 30 + "M" * 500 + "y" * 30)
    _, line, carets, _ = frame(text, Span(1, 31, 1, 531), Span(1, 31, 1, 531), 60, PLAIN, Role.ERROR)
    assert columns(line) <= 60
    assert line[carets.index("^")] == "M"
    assert set(line[carets.index("^") : -3]) == {"M"}


def test_megabytes_in_one_line_cost_nothing() -> None:
    line = "x" * 20_000_000
    assert columns(cut_line(line, 10_000_000, 10_000_005, 80).text) <= 80


def test_crlf_leaves_nothing_behind() -> None:
    text = SourceText("a.tf", 'model = "a"\r\nb = 1\r\n')
    assert frame(text, Span(1, 9, 1, 12), Span(1, 1, 1, 12), 60, PLAIN, Role.ERROR)[1] == '1 | model = "a"'


def test_a_span_of_few_lines_is_underlined_whole_without_indentation() -> None:
    text = SourceText("a.tf", 'x = join("", [\n    "a",\n  ])\n')
    assert frame(text, Span(1, 5, 3, 5), Span(1, 1, 3, 5), 60, PLAIN, Role.ERROR) == [
        "  |",
        '1 | x = join("", [',
        "  |     ^^^^^^^^^^",
        '2 |     "a",',
        "  |     ^^^^",
        "3 |   ])",
        "  |   ^^",
        "  |",
    ]


def test_a_span_of_many_lines_shows_its_ends() -> None:
    span = statement("infra/main.tf", "resource", "var.model\n}")
    assert [line for line in drawn("infra/main.tf", span) if "|" not in line or "^" not in line] == [
        "  |",
        '3 | resource "aws_bedrockagent_agent" "support" {',
        "...",
        "8 | }",
        "  |",
    ]


def test_a_span_that_ends_at_column_one_ends_on_the_line_above() -> None:
    text = SourceText("a", "one\ntwo\n")
    assert frame(text, Span(1, 1, 2, 1), Span(1, 1, 2, 1), 60, PLAIN, Role.ERROR)[1:3] == ["1 | one", "  | ^^^"]


def test_an_empty_span_gets_one_caret() -> None:
    text = SourceText("a", "one\n")
    assert frame(text, Span(1, 4, 1, 4), Span(1, 4, 1, 4), 60, PLAIN, Role.ERROR)[2] == "  |    ^"


def test_a_line_that_is_not_there_has_no_frame() -> None:
    assert drawn("infra/main.tf", Span(900, 1, 900, 4)) == []


def test_the_source_line_of_a_step_is_cut_around_its_value() -> None:
    where = place("web/config.min.json", "us.anthropic.claude-opus-4-1-20250805-v1:0")
    line = source_line(SourceText(where.path, FILES[where.path]), where.span, 60)
    assert "us.anthropic.claude-opus-4-1-20250805-v1:0" in line
    assert columns(line) <= 60


def test_colour_changes_nothing_but_colour() -> None:
    span = span_of("infra/main.tf", "var.model")
    text = SourceText("infra/main.tf", FILES["infra/main.tf"])
    coloured = frame(text, span, span, 60, Paint(colour=True), Role.ERROR)
    assert any("\x1b[1;31m^" in line for line in coloured)
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in coloured)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), SPANS, st.integers(30, 120))
def test_frames_of_any_text_fit_and_point_into_the_line(content: str, span: Span, width: int) -> None:
    text = SourceText("any", content)
    for line in frame(text, span, span, width, PLAIN, Role.ERROR):
        assert columns(line) <= width + 2
        assert "\n" not in line


@given(st.text("ab模\t\x1b", max_size=300), st.data())
def test_the_marked_columns_are_those_of_the_marked_characters(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    shown = cut_line(line, start, end, 40)
    assert columns(shown.text) <= 40
    assert shown.before + shown.marked <= columns(shown.text)
    if end > start:
        assert shown.marked > 0
