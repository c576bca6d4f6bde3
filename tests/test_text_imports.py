from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routelint.parse.paths import Paths
from routelint.parse.text import imports
from routelint.parse.text.imports import Imports
from routelint.source import MemoryTree

# What an import is, in one expression that is slow to look for.
SPECIFIER = re.compile(
    rb"(?P<export>\bexport\b[^;'\"]{0,400}?)?\b(?:from|require\s*\(|import\s*\(?)\s*['\"](?P<target>[.@~][^'\"\n]{0,200})['\"]"
)
PIECES = (
    *(b"export", b"import", b"from", b"require", b"(", b")", b"'./a'", b'"@/b"', b"'c'", b"'", b'"', b".", b";", b"\n", b" "),
    *(b"* as x", b"{ y }", b"z", b"=", b"don't. ", b" " * 30),
)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
@settings(max_examples=1500)
def test_imports_are_found_as_their_expression_finds_them(data: bytes) -> None:
    expected = [(match["target"].decode(), match["export"] is not None) for match in SPECIFIER.finditer(data)]
    assert list(imports._specifiers(data)) == expected


def tree_of(**files: str) -> MemoryTree:
    return MemoryTree({path.replace("__", "/").replace("_", "."): text.encode() for path, text in files.items()})


def imports_of(tree: MemoryTree) -> Imports:
    paths = tuple(tree.paths())
    return Imports(tree, frozenset(paths), [path for path in paths if imports.is_script(path)])


@pytest.mark.parametrize(
    ("importer", "target", "expected"),
    [
        pytest.param("src/app.ts", "./models", "src/models.ts", id="a file beside it"),
        pytest.param("src/app.ts", "./models.js", "src/models.ts", id="JavaScript that TypeScript is made into"),
        pytest.param("src/app.ts", "../lib", "lib/index.js", id="the index of a folder"),
        pytest.param("src/deep/app.ts", "@/models", "src/models.ts", id="an alias of a folder above"),
        pytest.param("src/deep/app.ts", "~/settings.json", "settings.json", id="an alias of the root"),
        pytest.param("app.ts", "../models", None, id="nothing outside the scan"),
        pytest.param("src/app.ts", "./absent", None, id="nothing that is absent"),
        pytest.param("src/app.ts", "./notes.md", None, id="nothing that is no program"),
        pytest.param("src/app.ts", "@aws-sdk/client-bedrock-runtime", None, id="no package"),
    ],
)
def test_an_import_means_a_file(importer: str, target: str, expected: str | None) -> None:
    tree = tree_of(
        src__app_ts="", src__models_ts="", lib__index_js="", src__deep__app_ts="", settings_json="{}", src__notes_md=""
    )
    assert imports_of(tree).resolve(importer, target) == expected


def test_programs_that_import_a_file_are_found_through_those_that_export_it_again() -> None:
    tree = tree_of(
        models_ts="export const a = 1",
        index_ts="export * from './models'",
        one_ts="import { a } from './index'",
        two_ts="import { a } from './models'",
        three_ts="import { a } from './two'",
    )
    assert sorted(imports_of(tree).importing("models.ts")) == ["index.ts", "one.ts", "two.ts"]


def test_programs_that_import_each_other_in_a_ring_are_found_once() -> None:
    tree = tree_of(a_ts="export * from './b'", b_ts="export * from './a'")
    assert list(imports_of(tree).importing("a.ts")) == ["b.ts"]


def test_paths_know_their_folders() -> None:
    paths = Paths(["a/b/c.ts", "d.ts"])
    assert [each in paths for each in ("a", "a/b", "a/b/c.ts", "d.ts", ".")] == [True] * 5
    assert [each in paths for each in ("", "b", "a/", "c.ts", "/")] == [False] * 5
    assert not paths.is_folder("d.ts")


def test_a_program_runs_what_it_imports_and_what_that_imports() -> None:
    tree = tree_of(
        a__app_ts="import { b } from '../b/two'; import data from './data.json'; import 'react';",
        a__data_json="{}",
        b__two_ts="export * from './three'; import '../a/app';",
        b__three_js="",
        b__four_js="",
    )
    assert list(imports_of(tree).imported_by("a/app.ts")) == ["b/two.ts", "b/three.js"]
    assert list(imports_of(tree).imported_by("a/absent.ts")) == []


def test_no_more_programs_are_followed_than_the_bound() -> None:
    tree = MemoryTree({f"f{number}.ts": f"import './f{number + 1}';".encode() for number in range(imports.MOST_FOUND + 50)})
    assert len(list(imports_of(tree).imported_by("f0.ts"))) == imports.MOST_FOUND - 1
