from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.parse.handlers import Handlers, files_in

PROGRAM = b"def handler(event, context): ...\n"


def found(
    handler: str, files: tuple[str, ...], *said: str, runtime: str = "python3.12", text: bytes = PROGRAM
) -> tuple[str, ...]:
    return Handlers(files, lambda path: text if path in files else None).find(handler, said, runtime)


@pytest.mark.parametrize(
    ("handler", "files", "said", "expected"),
    [
        ("app.handler", ("api/app.py",), (), ("api/app.py", "api")),
        ("app.handler", ("app.py",), (), ("app.py",)),
        ("chat.app.handler", ("api/chat/app.py",), (), ("api/chat/app.py", "api")),
        ("chat/app.handler", ("api/chat/app.py",), (), ("api/chat/app.py", "api")),
        ("dist/app.handler", ("api/app.py",), (), ("api/app.py", "api")),
        ("app.handler", ("api/app.py", "dist/app.py", "api/tests/app.py", "test_x/test_app.py"), (), ("api/app.py", "api")),
        ("app.handler", ("a/app.py", "b/app.py"), (), ()),
        ("app.handler", ("a/app.py", "b/app.py"), ("build/b.zip",), ("b/app.py", "b")),
        ("app.handler", ("a/app.py", "b/app.py"), ("build/c.zip",), ()),
        ("app.handler", ("a/app.py", "b/app.py"), ("a/b.zip",), ()),
        ("app.handler", ("functions/a/app.py", "other/app.py"), ("functions/b.zip",), ()),
        (
            "app.handler",
            ("functions/src/app.py", "other/app.py"),
            ("functions/b.zip",),
            ("functions/src/app.py", "functions/src"),
        ),
        ("app.handler", ("teams/a/v2/app.py", "b/app.py"), ("uploads/a.zip",), ("teams/a/v2/app.py", "teams/a/v2")),
        ("app", ("app.py",), (), ()),
        ("app.", ("app.py",), (), ()),
        ("app.run me", ("app.py",), (), ()),
        ("app.other", ("app.py",), (), ()),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_handler_names_one_file(
    handler: str, files: tuple[str, ...], said: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert found(handler, files, *said) == expected


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [("python3.13", "a/app.py"), ("nodejs22.x", "b/app.ts"), ("java21", None), ("", None)],
)
def test_the_runtime_tells_the_language(runtime: str, expected: str | None) -> None:
    told = found("app.handler", ("a/app.py", "b/app.ts"), runtime=runtime)
    assert told[:1] == ((expected,) if expected else ())


def test_a_file_that_cannot_be_read_is_not_meant() -> None:
    assert Handlers(("app.py",), lambda _path: None).find("app.handler") == ()
    assert Handlers(("app.py",), lambda _path: PROGRAM + b"#" * 1_000_000).find("app.handler") == ()


@given(
    st.text(max_size=30),
    st.lists(st.text(alphabet="ab/.py", min_size=1, max_size=12), max_size=5),
    st.lists(st.text(max_size=12), max_size=3),
)
def test_any_texts_are_answered_with_files_of_the_scan_and_their_folders(
    handler: str, files: list[str], said: list[str]
) -> None:
    told = found(handler, tuple(files), *said, text=b"a b p y handler")
    assert told == () or (told[0] in files and len(told) <= 2)


@pytest.mark.parametrize(
    ("folder", "handler", "expected"),
    [
        ("api", "app.handler", ["api/app.py", "api/app.ts"]),
        ("api", "app", ["api/app.py", "api/app.ts"]),
        ("api", "chat.app.handler", ["api/chat/app.js"]),
        (".", "api/chat/app.handler", ["api/chat/app.js"]),
        ("api", "../api/app.handler", ["api/app.py", "api/app.ts"]),
        ("api", "other.handler", []),
    ],
)
def test_a_handler_names_files_in_a_folder(folder: str, handler: str, expected: list[str]) -> None:
    files = {"api/app.ts", "api/app.py", "api/chat/app.js", "api/app.rb"}
    assert list(files_in(folder, handler, files.__contains__)) == expected
