"""Where the code of a notebook stands: every character of a cell is found where the file spells it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.parse.python import notebook

WORDS = st.text(st.sampled_from("ab \"'\\é\u2028\U0001f600\t?%!"), max_size=6)
LINES = st.lists(st.tuples(WORDS, st.sampled_from(["\n", "\r\n", "\r"])), min_size=1, max_size=5)
ENDS = re.compile(r"\r\n|\r|\n")


def cell(lines: list[tuple[str, str]], *, apart: bool, ended: bool) -> dict[str, object]:
    """A code cell of comments, written as one string or as one for each line."""
    texts = [f"# {word}{end}" for word, end in lines]
    if not ended:
        texts[-1] = texts[-1].rstrip("\r\n")
    return {"cell_type": "code", "outputs": [{"image": "source\n" * 3}], "source": texts if apart else "".join(texts)}


@given(
    cells=st.lists(st.builds(cell, LINES, apart=st.booleans(), ended=st.booleans()), min_size=1, max_size=4),
    plain=st.booleans(),
    indent=st.sampled_from([None, 1]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_every_character_is_found_where_the_file_spells_it(
    cells: list[dict[str, object]], plain: bool, indent: int | None, end: str
) -> None:
    cells.insert(1, {"cell_type": "markdown", "source": ["# a title\n"]})
    text = json.dumps({"cells": cells}, ensure_ascii=plain, indent=indent).replace("\n", end)
    read = notebook.read("a.ipynb", text)
    assert not read.errors
    lines = ENDS.split(text)
    found = 0
    for number, line in enumerate(read.code.split("\n"), 1):
        for column, character in enumerate(line):
            file_line, file_column = read.lines.position(number, column)
            spelled = json.dumps(character, ensure_ascii=plain)[1:-1]
            assert lines[file_line - 1].startswith(spelled, file_column - 1)
            found += 1
    assert found >= 2 * (len(cells) - 1)


@pytest.mark.parametrize("line", [0, -1, 3, 99], ids=str)
def test_a_line_that_is_not_there_stands_at_the_beginning(line: int) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]})
    assert notebook.read("a.ipynb", text).lines.position(line, 0) == (1, 1)


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("%pip install x\na = 1", "pass\na = 1\n"),
        ("if a:\n  !ls", "if a:\n  pass\n"),
        ("x = !ls", "x = ...\n"),
        ("len?", "pass\n"),
        ("a = 5 % 2", "a = 5 % 2\n"),
        ("a = (5\n% 2)", "a = (5\n% 2)\n"),
        ("a = 'is it?'  ", "a = 'is it?'  \n"),
    ],
)
def test_magics_are_blank_and_what_only_looks_like_one_is_code(code: str, read: str) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": code}]})
    assert notebook.read("a.ipynb", text).code == read
