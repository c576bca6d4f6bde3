from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.model import Directive
from routelint.parse import directives
from routelint.source import SourceText

RULES = frozenset({"missing-required-tag", "model-not-allowed", "retired-model"})


def find(text: str, path: str = "main.tf") -> tuple[Directive, ...]:
    return directives.find(SourceText(path, text), RULES)


def one(text: str, path: str = "main.tf") -> Directive:
    (found,) = find(text, path)
    return found


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("a.tf", "# routelint: ignore[retired-model] -- OPS-1", id="hash in HCL"),
        pytest.param("a.tf", "// routelint: ignore[retired-model] -- OPS-1", id="slashes in HCL"),
        pytest.param("a.tf", "/* routelint: ignore[retired-model] -- OPS-1 */", id="block in HCL"),
        pytest.param("a.py", "x = 1  # routelint: ignore[retired-model] -- OPS-1", id="behind Python code"),
        pytest.param("a.ts", "call(); // routelint: ignore[retired-model] -- OPS-1", id="behind TypeScript code"),
        pytest.param("a.sql", "SELECT 1; -- routelint: ignore[retired-model] -- OPS-1", id="dashes in SQL"),
        pytest.param("a.ini", "; routelint: ignore[retired-model] -- OPS-1", id="semicolon in INI"),
        pytest.param("a.html", "<!-- routelint: ignore[retired-model] -- OPS-1 -->", id="markup"),
        pytest.param("a.yaml", "Key: value # routelint: ignore[retired-model] -- OPS-1", id="behind YAML"),
        pytest.param("Dockerfile", "# routelint: ignore[retired-model] -- OPS-1", id="Dockerfile"),
        pytest.param(".env.example", "# routelint: ignore[retired-model] -- OPS-1", id="dotenv"),
        pytest.param("a.tf", "# routelint: ignore[retired-model] OPS-1", id="reason straight after the bracket"),
        pytest.param("a.tf", "# routelint: ignore[retired-model] \u2014 OPS-1", id="reason after an em dash"),
        pytest.param("a.tf", "# routelint: ignore[retired-model]: OPS-1", id="reason after a colon"),
        pytest.param("a.tf", "#routelint:ignore[ retired-model ]--OPS-1", id="without blanks"),
        pytest.param("n.ipynb", '    "model = x  # routelint: ignore[retired-model] -- OPS-1\\n",', id="a line of a notebook"),
    ],
)
def test_an_ignore_is_found_in_every_comment_style(path: str, line: str) -> None:
    found = one(f"\n{line}\n", path)
    assert (found.name, found.arguments, found.until, found.reason, found.fault) == (
        "ignore",
        ("retired-model",),
        None,
        "OPS-1",
        None,
    )
    assert found.span.start_line == 2
    assert found.span.end_line == 2


def test_an_ignore_may_name_several_rules_and_a_date() -> None:
    found = one("# routelint: ignore[retired-model, model-not-allowed] until=2027-01-31 -- replaced in Q1")
    assert found.arguments == ("retired-model", "model-not-allowed")
    assert found.until == "2027-01-31"
    assert found.reason == "replaced in Q1"


@pytest.mark.parametrize(
    ("name", "value"), [("justification", "FIN-2291"), ("workload", "ticket-triage"), ("environment", "dev")]
)
def test_a_setting_has_one_argument(name: str, value: str) -> None:
    found = one(f"resource x {{ # routelint: {name}={value}")
    assert (found.name, found.arguments, found.fault) == (name, (value,), None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# routelint: ignore", "'ignore' names no rule; expected ignore[RULE] and a reason"),
        ("# routelint: ignore[] -- why", "'ignore' names no rule; expected ignore[RULE] and a reason"),
        ("# routelint: ignore[retired-modle] -- why", "unknown rule 'retired-modle'; nearest is 'retired-model'"),
        ("# routelint: ignore[zzz] -- why", "unknown rule 'zzz'"),
        ("# routelint: ignore[retired-model]", "no reason is given; expected ignore[RULE] -- REASON"),
        ("# routelint: ignore[retired-model] until=soon -- why", "'soon' is no date; expected until=YYYY-MM-DD"),
        ("# routelint: ignore[retired-model] until=2027-02-30 -- why", "'2027-02-30' is no date; expected until=YYYY-MM-DD"),
        ("# routelint: ignore[retired-model] until=20270228 -- why", "'20270228' is no date; expected until=YYYY-MM-DD"),
        ("# routelint: workload=", "'workload' has no value; expected workload=VALUE"),
        ("# routelint: workload", "'workload' has no value; expected workload=VALUE"),
        ("# routelint: workloads=x", "unknown directive 'workloads'; expected 'workload'"),
        ("# routelint: disable[retired-model]", "unknown directive 'disable'; expected one of "),
    ],
)
def test_a_faulty_directive_says_what_is_wrong(text: str, fault: str) -> None:
    found = one(text)
    assert found.fault is not None
    assert found.fault.startswith(fault)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", 'help = "# routelint: ignore[retired-model] -- x"', id="Python string"),
        pytest.param("a.py", '"""\n# routelint: ignore[retired-model] -- x\n"""', id="Python docstring"),
        pytest.param("a.tf", 'description = "// routelint: ignore[retired-model] -- x"', id="HCL string"),
        pytest.param("a.ts", "const a = `\n// routelint: ignore[retired-model] -- x\n`", id="TypeScript template"),
        pytest.param("a.yaml", "a: 'x # routelint: ignore[retired-model] -- x'", id="YAML string"),
        pytest.param("a.py", "# see the docs of routelint: it has rules", id="prose"),
    ],
)
def test_strings_and_prose_hold_no_directive(path: str, text: str) -> None:
    assert find(text, path) == ()


def test_the_span_of_a_block_comment_is_the_whole_comment() -> None:
    found = one("x = 1\n/*\n * routelint: workload=triage\n */\ny = 2\n")
    assert (found.span.start_line, found.span.end_line) == (2, 4)
    assert found.arguments == ("triage",)


def test_columns_count_code_points() -> None:
    found = one('a = "\N{ROCKET}" # routelint: workload=triage')
    assert found.span.start_column == 9


@given(
    st.text(alphabet=st.sampled_from(list("routelin: gd[]=-#/*\"'`\n${}\\")), max_size=60),
    st.sampled_from(["a.py", "a.ts", "a.tf", "x.sql"]),
)
def test_no_text_breaks_it(text: str, path: str) -> None:
    for directive in find("# routelint: " + text, path):
        assert directive.span.start_line >= 1
        assert directive.fault != ""


def test_a_hostile_text_takes_linear_time() -> None:
    assert find("routelint:" + "/*" * 200_000, "a.ts") == ()
    assert find("`${" * 50_000 + "routelint:", "a.ts") == ()
