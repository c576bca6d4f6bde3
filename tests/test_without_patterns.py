"""What is looked for without compiling a pattern for each name: it is found where the pattern would find it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from routelint.model import Location
from routelint.parse.cloudformation.deployments import _Finder
from routelint.parse.python import words
from routelint.parse.text import imports
from routelint.source import SourceText


def made_of(*parts: str) -> st.SearchStrategy[str]:
    """Texts put together from parts."""
    return st.lists(st.sampled_from(parts), max_size=12).map("".join)


@given(
    text=made_of(*("Stage", "2", "'", '"', "\\", "=", " ", ":", ", ParameterValue", "\n", "prod", "x=y", "[prod.deploy]")),
    key=st.sampled_from(["Stage", "x"]),
    value=st.sampled_from(["prod", "x=y", "", " prod", "'prod", "=", '\\"prod']),
)
def test_a_parameter_is_found_where_it_is_given(text: str, key: str, value: str) -> None:
    finder = _Finder(source := SourceText("samconfig.toml", text), "prod")
    pattern = rf"(?<![A-Za-z0-9_]){re.escape(key)}[\"']?(?:,\s*ParameterValue)?\s*[=:]\s*\\?[\"']?{re.escape(value)}"
    match = re.compile(pattern).search(text, finder._start)
    told = Location(source.path, source.span(*match.span()), "prod") if match is not None else finder.header
    assert finder.place(key, value) == told


@given(text=made_of("A.MODEL", ".MODEL", "MODEL", " ", "=", "==", "\t", "setattr(", "x, ", "'", '"', "\\", ")", ",", "y"))
def test_a_store_to_an_attribute_is_found_where_it_stands(text: str) -> None:
    pattern = r"\.MODEL[ \t]*=(?!=)|\bsetattr\([^,()]+,\s*\\?[\"']MODEL\\?[\"']"
    assert words.holds(text.encode(), words.STORE, "MODEL") == (re.search(pattern, text) is not None)


@given(
    text=made_of("export * ", "from ", "import(", "import ", "require (", "'", '"', "./a", "@/b", "~/c", "x", "\n", ";", ")")
)
def test_an_import_is_found_where_its_path_is_opened(text: str) -> None:
    quoted = re.finditer(r"['\"](?=(?P<target>[.@~][^'\"\n]{0,200})['\"])", text)
    keyword = re.compile(r"\b(?:from|require\s*\(|import\s*\(?)\Z")
    told = [match["target"] for match in quoted if keyword.search(text[: match.start()].rstrip())]
    assert [target for target, _ in imports._specifiers(text.encode())] == told
