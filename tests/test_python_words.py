"""A file in which a parsed module shows a call, or a store, is found by its bytes before it is parsed."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.parse.python import program as program_module
from routelint.parse.python import word_index, words
from routelint.parse.python.program import Program
from routelint.parse.python.scopes import last_name
from routelint.source import MemoryTree
from routelint.tracing import distance

CASES = Path(__file__).parent / "cases" / "python"
MODULES = sorted(path for path in [*CASES.rglob("*.py"), *CASES.rglob("*.ipynb")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_what_a_module_shows_is_found_in_its_bytes(path: Path) -> None:
    data = path.read_bytes()
    module = Program(MemoryTree({path.name: data}), [path.name]).module(path.name)
    if module is None:
        return
    searched = words.searched(path.name, data)
    names = {*module.calls_by_name, *module.mentions, *(name for each in module.aliases.values() for name in each)}
    for scope in module.functions:
        # Nobody calls what stands for a file that a cell of a notebook writes.
        if not module.source(scope.node).startswith("%%"):
            names.add(scope.name)
        if isinstance(scope.node, ast.ClassDef):
            names.update(name for base in scope.node.bases if (name := last_name(base)) is not None)
    assert [name for name in sorted(names) if not words.holds(searched, words.CALL, name)] == []


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("ask(1)", True),
        ("wrapper.ask (1)", True),
        ("ask  # why\n(1)", True),
        ("(ask  # why\n)(1)", True),
        ("run(ask)", True),
        ("run(target=ask, args=())", True),
        ("run(\n    ask,\n)", True),
        ("run(\n    ask  # why\n)", True),
        ("from m import ask as other", True),
        ("class ask:\n    pass", True),
        ("class Other(ask):\n    pass", True),
        ("class Other(ask[int]):\n    pass", True),
        ("ask = 1", False),
        ("x = ask", False),
        ("task(1)", False),
        ("asking(1)", False),
        ("self.ask.other(1)", False),
        ('"ask"', False),
    ],
)
def test_forms_of_calls(text: str, held: bool) -> None:
    assert words.holds(text.encode(), words.CALL, "ask") is held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("from app.wrapper import ask\nask(1)", True),
        ("import app.wrapper as w\nw.ask(1)", True),
        ("from app import other, ask\nask(1)", True),
        ("from app import (\n    other,\n    ask,\n)\nask(1)", True),
        ("from app import *\nask(1)", False),
        ("client.ask(1)", False),
        ("def ask():\n    pass\nask()", False),
    ],
)
def test_what_is_imported_is_called_where_its_module_or_its_name_is_imported(text: str, held: bool) -> None:
    assert words.holds(text.encode(), words.CALL, "ask", ("wrapper",)) is held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("settings.MODEL = 1", True),
        ("settings.MODEL=1", True),
        ("setattr(settings, 'MODEL', 1)", True),
        ('"setattr(settings, \\"MODEL\\", 1)"', True),
        ("settings.MODEL == 1", False),
        ("MODEL = 1", False),
        ("settings.MODELS = 1", False),
        ("print(settings.MODEL)", False),
    ],
)
def test_forms_of_stores(text: str, held: bool) -> None:
    assert words.holds(text.encode(), words.STORE, "MODEL") is held


@pytest.mark.parametrize(
    "notebook",
    [
        pytest.param({"cells": [{"cell_type": "code", "source": ["import a\n", "ask(1)"]}]}, id="a string for each line"),
        pytest.param({"cells": [{"cell_type": "code", "source": "import a\nask(1)"}]}, id="one string"),
        pytest.param({"worksheets": [{"cells": [{"cell_type": "code", "input": "ask(1)"}]}]}, id="nbformat 3"),
    ],
)
def test_of_a_notebook_only_the_code_is_searched(notebook: dict[str, list[dict[str, object]]]) -> None:
    cells = notebook.get("cells") or notebook["worksheets"][0]["cells"]
    assert isinstance(cells, list)
    cells[0]["outputs"] = [{"data": {"image/png": "run(", "text/plain": ["run(1)"]}}]
    cells.append({"cell_type": "markdown", "source": ["run(1)"]})
    code = words.searched("a.ipynb", json.dumps(notebook).encode())
    assert words.holds(code, words.CALL, "ask")
    assert b"run" not in code


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b'{"cells": [1, {"cell_type": "code", "source": null}]}', b"[" * 100_000])
def test_nothing_is_searched_in_what_is_no_notebook(data: bytes) -> None:
    assert words.searched("a.ipynb", data) == b""


def test_a_long_file_is_not_searched() -> None:
    assert words.searched("a.py", b"ask(1)") == b"ask(1)"
    assert words.searched("a.py", b"x" * (words.MOST_BYTES + 1)) == b""


@given(st.lists(st.text("ab_1é(. ", min_size=1), max_size=8))
def test_the_index_of_a_file_has_every_name_it_holds(parts: list[str]) -> None:
    data = "".join(parts).encode()
    for name in ("a", "ab", "b_1", "a1"):
        if words.holds(data, words.CALL, name):
            assert words.number(name) in words.numbers(data)


def test_what_a_package_offers_is_called_by_its_name() -> None:
    files = {
        "lib/__init__.py": "from .inner import *\n",
        "lib/inner/__init__.py": "from .wrapper import ask\n",
        "lib/inner/wrapper.py": "def ask(model):\n    return model\n",
        "app.py": "import lib\n\nlib.ask(1)\n",
        "unrelated.py": "client.ask(1)\n",
    }
    program = Program(MemoryTree({path: text.encode() for path, text in files.items()}), sorted(files))
    assert program.calling("ask", "lib/inner/wrapper.py", imported=True) == ("lib/inner/wrapper.py", "app.py")
    assert program.calling("ask", "lib/inner/wrapper.py", imported=False) == ("lib/inner/wrapper.py", "app.py", "unrelated.py")


PATHS = st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map(lambda parts: "/".join(parts) + ".py")


@given(st.lists(PATHS, min_size=1, unique=True), PATHS)
def test_the_nearest_files_come_first(paths: list[str], near: str) -> None:
    program = Program(MemoryTree(dict.fromkeys(paths, b"ask(1)")), paths)
    assert list(program.calling("ask", near, imported=False)) == sorted(paths, key=lambda path: distance(near, path))


TEXTS = st.sampled_from(["ask(1)", "run(ask)", "tell(1)", "x = ask", "run(1); tell(ask)", "", "é(1)"])
NAMES = ("ask", "run", "tell", "é", "absent")


@given(st.dictionaries(PATHS, TEXTS, min_size=1), st.integers(0, 6), st.integers(1, 8))
def test_an_index_changes_no_answer(texts: dict[str, str], most_held: int, most_searched: int) -> None:
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program_module, "MOST_FILES_SEARCHED", most_searched)
        patch.setattr(word_index, "MOST_HELD", most_held)
        answers = []
        for few in (len(NAMES), 0):
            patch.setattr(program_module, "FEW_NAMES", few)
            patch.setattr(word_index, "FILES_AT_ONCE", 1 + few)
            program = Program(tree, sorted(texts))
            answers.append([program.calling(name, near, imported=False) for name in NAMES for near in texts])
    assert answers[0] == answers[1]


def test_each_file_is_indexed_once_and_when_a_search_reaches_it() -> None:
    asked: list[int] = []

    def data(index: int) -> bytes:
        asked.append(index)
        return b"ask(1)" if index % 2 else b"tell(1)"

    index = word_index.WordIndex(10, data)
    number = words.number("ask")
    assert number is not None
    assert index.holding(number, range(4, 6)) == [5]
    assert asked == [4, 5]
    assert sorted(index.holding(number, range(10))) == [1, 3, 5, 7, 9]
    assert sorted(asked) == list(range(10))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6), st.sets(st.integers(0, 39)))
def test_no_file_is_looked_through_twice(asked: list[tuple[int, int]], held: set[int]) -> None:
    looked: list[int] = []

    def holds(index: int) -> bool:
        looked.append(index)
        return index in held

    holders = word_index.Holders(40, lambda files: files, holds)
    for start, stop in asked:
        assert list(holders.within(range(start, stop))) == sorted(held & set(range(start, stop)))
    assert len(looked) == len(set(looked))
