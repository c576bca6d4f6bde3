"""Rows of single samples, JSONL or CSV, to paired counts: a row a sample, or a row a sample and model."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from routelint.noninferiority import Pairs
from routelint.policy import Fault
from routelint.policy.fault import shown
from routelint.source import NotTextError, decode

MOST_ROWS = 200_000
LONGEST_ROW = 1_000_000
# A file that is not made of such rows would fill a screen with one and the same fault.
MOST_FAULTS = 20

_WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("1", "1.0", "true", "pass", "passed", "correct"), True),
    **dict.fromkeys(("0", "0.0", "false", "fail", "failed", "incorrect"), False),
}
_ARMS = ("from", "to")
_SHAPES = "the keys 'id', 'from' and 'to', or 'id', 'arm' and 'score'"


class _Row(NamedTuple):
    line: int
    column: int
    cells: Mapping[str, object]


class _StopError(Exception):
    """The rest of the file is not read."""


def count(path: str, data: bytes) -> tuple[Pairs, list[Fault]]:
    """How often both models, one or neither were right in the rows of a file, and every fault of them."""
    counting = _Counting(path)
    pairs = Pairs(0, 0, 0, 0)
    try:
        text = decode(path, data).text
        for row in _csv(counting, text) if path.lower().endswith(".csv") else _jsonl(counting, text):
            counting.take(row)
        pairs = counting.pairs()
    except NotTextError as error:
        counting.faults.append(Fault(path, 1, 1, f"cannot read the rows: {error}", "JSONL or CSV in UTF-8"))
    except _StopError:
        pass
    return pairs, counting.faults


class _Counting:
    """The samples seen so far: id -> the line it was first seen on, and arm -> whether it was right."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.lines: dict[str, int] = {}
        self.right: dict[str, dict[str, bool]] = {}
        self.faulty: set[str] = set()

    def fault(self, line: int, column: int, fact: str, expected: str) -> None:
        self.faults.append(Fault(self.path, line, column, fact, expected))
        if len(self.faults) >= MOST_FAULTS:
            self.faults.append(Fault(self.path, line, column, "further rows are not read after so many faults"))
            raise _StopError

    def take(self, row: _Row) -> None:
        if len(self.lines) >= MOST_ROWS:
            self.faults.append(Fault(self.path, row.line, 1, f"more than {MOST_ROWS} samples", "fewer rows"))
            raise _StopError
        name = row.cells.get("id")
        if isinstance(name, bool) or not isinstance(name, (str, int)) or name == "":
            self.fault(row.line, row.column, "this row has no 'id'", "a text or number that both models share")
            return
        if "arm" in row.cells:
            arm = row.cells["arm"]
            if arm not in _ARMS:
                self.fault(row.line, row.column, f"arm is {shown(str(arm))}", "'from' or 'to'")
                return
            self.score(row, str(name), str(arm), "score")
        elif "from" in row.cells and "to" in row.cells:
            for arm in _ARMS:
                self.score(row, str(name), arm, arm)
        else:
            self.fault(row.line, row.column, "this row holds no results of two models", _SHAPES)

    def score(self, row: _Row, name: str, arm: str, key: str) -> None:
        value = row.cells.get(key, "")
        right = value if isinstance(value, bool) else _WORDS.get(str(value).strip().casefold())
        if right is None:
            self.faulty.add(name)
            expected = "1 or 0, true or false, pass or fail: a share of an answer has no pairs, so set a threshold first"
            self.fault(row.line, row.column, f"{key} of sample {shown(name)} is {shown(str(value))}", expected)
            return
        arms = self.right.setdefault(name, {})
        first = self.lines.setdefault(name, row.line)
        if arm in arms:
            fact = f"sample {shown(name)} is repeated; first on line {first}"
            self.fault(row.line, row.column, fact, "each sample once: of repeats of one prompt the majority decides")
            return
        arms[arm] = right

    def pairs(self) -> Pairs:
        """The counts of the whole samples; a sample without the result of one model is a fault.

        Raises:
            _StopError: there are too many faults.
        """
        cells = dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0)
        for name, arms in self.right.items():
            lacking = [arm for arm in _ARMS if arm not in arms]
            if not lacking:
                cells[arms["from"], arms["to"]] += 1
            elif name not in self.faulty:
                expected = "one for each model, or no row: a request that failed is not a wrong answer"
                self.fault(self.lines[name], 1, f"sample {shown(name)} has no result for '{lacking[0]}'", expected)
        return Pairs(*cells.values())


def _jsonl(counting: _Counting, text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_ROW:
            counting.fault(number, 1, f"this row is longer than {LONGEST_ROW} characters", "a shorter row")
            continue
        try:
            cells = json.loads(line)
        except json.JSONDecodeError as error:
            counting.fault(number, error.colno, f"not JSON: {error.msg.lower()}", "one JSON object a line")
            continue
        except (RecursionError, ValueError):
            counting.fault(number, 1, "not JSON that can be read: too deep, or a number too long", "one JSON object a line")
            continue
        if not isinstance(cells, dict):
            counting.fault(number, 1, "this row is no object", f"an object with {_SHAPES}")
            continue
        yield _Row(number, len(line) - len(line.lstrip()) + 1, cells)


def _csv(counting: _Counting, text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            counting.fault(start, 1, f"not CSV: {error}", "rows of comma-separated values")
            raise _StopError from error
        line, start = start, reader.line_num + 1
        if not cells:
            continue
        if header is None:
            header = [each.strip() for each in cells]
        elif len(cells) != len(header):
            counting.fault(line, 1, f"this row has {len(cells)} cells", f"{len(header)}, as the header has")
        else:
            yield _Row(line, 1, dict(zip(header, cells, strict=True)))
