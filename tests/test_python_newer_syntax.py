from __future__ import annotations

import ast
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.parse.python.newer_syntax import portable


def dump(source: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(ast.parse(source))


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ('x = f"{a["b"]}"', "x = f\"{a['b']}\""),
        ("x = f'{a['b']}-{c}'", "x = f'{a[\"b\"]}-{c}'"),
        ('x = f"us.{models["fast"]}:{n:>{width}}"', "x = f\"us.{models['fast']}:{n:>{width}}\""),
        ('x = f"{json.dumps({\n    "a": 1,\n})}"', 'x = f"""{json.dumps({\n    \'a\': 1,\n})}"""'),
        ('x = f"{", ".join(names)!r}"', "x = f\"{', '.join(names)!r}\""),
        ('x = f"{f"{a}"}"', "x = f\"{f'{a}'}\""),
        ("def f[T](a: T) -> T: ...", "def f(a: T) -> T: ..."),
        ("class A[T: (int, str)](B): ...", "class A(B): ..."),
        ("type Name = str", "type_Name = str"),
        ("type Pair[T] = tuple[T, T]", "type_Pair = tuple[T, T]"),
        ("try:\n    a\nexcept A, B:\n    b", "try:\n    a\nexcept (A, B):\n    b"),
    ],
)
def test_newer_syntax_becomes_what_it_means_in_older_syntax(newer: str, older: str) -> None:
    rewritten = portable(newer)
    assert rewritten.count("\n") == newer.count("\n")
    assert dump(rewritten) == dump(older)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads such fields itself")
@pytest.mark.parametrize(
    "newer",
    [
        'x = f"{"\\n".join(a)}"',
        'x = f"{a["it\'s"]}"',
        'x = f"{(  # why\n    a)}"',
        'x = f"{f"{f"{1 + 1}"}"}"',
        'x = f"{f"{a["b"]}"}"',
        "x = f\"{'a' 'b' + c[\"d\"]}\"",
    ],
)
def test_a_field_that_cannot_be_rewritten_becomes_an_unknown_name(newer: str) -> None:
    rewritten = portable(newer)
    assert rewritten.count("\n") == newer.count("\n")
    [assignment] = ast.parse(rewritten).body
    assert any(isinstance(node, ast.Name) and node.id == "_" for node in ast.walk(assignment))


@pytest.mark.parametrize(
    "source",
    [
        'x = "it\'s"  # isn\'t "closed\ny = f\'{a["b"]}\'',
        'x = f"{{literal}} {value!r:>10} {a:{b}}"',
        "x = f'''{\n a\n}''' \"{not a field}\" r'\\'' u'x'",
        "def f(a, *, b: dict[str, int]) -> list[str]:\n    return a[b]",
        "class A(B[T]):\n    type = 1\n    type.x = 2\n    except_ = 3",
        "try:\n    a\nexcept (A, B) as e:\n    b",
        "x = f\"{a if b else 'c'}\" f'{d}'",
        "x = {'a': 1}['a'] != b\ny = f'{a != b}'",
    ],
)
def test_older_syntax_is_left_as_it_is(source: str) -> None:
    ast.parse(source)
    assert portable(source) == source


@given(st.text("f\"'{}[]:!=\\#\n abt", max_size=40))
def test_any_text_keeps_its_lines_and_what_parses_keeps_its_meaning(source: str) -> None:
    rewritten = portable(source)
    assert rewritten.count("\n") == source.count("\n")
    try:
        expected = dump(source)
    except (SyntaxError, ValueError):
        return
    assert dump(rewritten) == expected


def test_nesting_and_unclosed_strings_are_bounded() -> None:
    for source in ('f"{' * 5000, "f'{f\"{" * 3000, "(" * 10_000 + "f'{x}'", 'f"{' + "[" * 100_000):
        assert portable(source) == source
