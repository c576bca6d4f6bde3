from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import golden as harness

PAGE = Path(__file__).parent.parent / "docs" / "resolution.md"
ROW = re.compile(r"\|.*\|")
NAME = re.compile(r"`([^`]+)`")


def rows() -> Iterator[list[str]]:
    """The cells of every row of the tables whose last column names golden folders."""
    last = ""
    for line in PAGE.read_text("utf-8").splitlines():
        if not ROW.fullmatch(line):
            last = ""
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not last:
            last = cells[-1]
        elif last == "golden folder" and not set(cells[-1]) <= set("-: "):
            yield cells


def named() -> list[str]:
    """The golden folders that the page names: `language/form`; a form alone belongs to the language before it."""
    found = []
    for cells in rows():
        language = ""
        for name in NAME.findall(cells[-1]):
            if name.endswith(".py"):
                assert (PAGE.parent.parent / name).is_file(), name
                continue
            language = name.split("/")[0] if "/" in name else language
            found.append(name if "/" in name else f"{language}/{name}")
    return found


def test_every_folder_that_the_page_names_exists() -> None:
    assert [name for name in named() if not (harness.CASES / name / "expected.txt").is_file()] == []


def test_the_page_names_every_folder() -> None:
    folders = {path.parent.relative_to(harness.CASES).as_posix() for path in harness.CASES.glob("*/*/expected.txt")}
    assert sorted(folders - set(named())) == []


def test_every_row_says_all_it_has_to() -> None:
    found = list(rows())
    assert len(found) > 100
    assert [cells for cells in found if len(cells) != 4 or not all(cells)] == []
