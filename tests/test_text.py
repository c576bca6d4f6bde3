from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import golden as harness
from routelint import catalog
from routelint.model import Kind, ModelReference, ScanError
from routelint.parse import text
from routelint.parse.lexicon import LEXICONS
from routelint.parse.parsed import ParseContext, Parsed
from routelint.parse.text import evaluate
from routelint.parse.text.functions import Functions
from routelint.parse.text.groups import Code
from routelint.source import MemoryTree, SourceUnit

CATALOG = catalog.load()
CASES = sorted(path for path in (harness.CASES / "text").iterdir() if path.is_dir())


def parse(tree: MemoryTree) -> Parsed:
    paths = tuple(tree.paths())
    return text.parse(SourceUnit("text", paths, paths), ParseContext(tree, (), CATALOG.knows, cdk=CATALOG.cdk))


def routes(content: str, path: str = "app.ts") -> tuple[ModelReference, ...]:
    return parse(MemoryTree({path: content.encode()})).references


def models(content: str, path: str = "app.ts") -> list[str]:
    return [choice.model.id for route in routes(content, path) for choice in route.choices]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", harness.render(parse(harness.tree(folder))))


MODEL = "us.amazon.nova-lite-v1:0"


@pytest.mark.parametrize(
    "path",
    ["src/app.test.ts", "src/app.spec.tsx", "src/__tests__/app.js", "tests/app.ts", "src/AppTest.java", "app_test.go"],
)
def test_a_literal_in_a_test_is_a_fixture_and_a_call_there_is_a_route(path: str) -> None:
    literal = f'String modelId = "{MODEL}";' if path.endswith("java") else f'modelId := "{MODEL}"'
    assert models(literal if path.endswith(("java", "go")) else f'const modelId = "{MODEL}";', path) == []
    if path.endswith(("ts", "tsx", "js")):
        assert models(f'new ConverseCommand({{ modelId: "{MODEL}" }});', path) == [MODEL]


@pytest.mark.parametrize("path", ["src/app.ts", "src/latest.ts", "contest/app.ts", "src/tester.ts", "src/Contest.java"])
def test_what_only_sounds_like_a_test_is_none(path: str) -> None:
    assert models(f'const modelId = "{MODEL}";', path) == [MODEL]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f'// modelId: "{MODEL}"', id="line comment"),
        pytest.param(f'/* modelId: "{MODEL}" */', id="block comment"),
        pytest.param(f'/** @example modelId: "{MODEL}" */', id="documentation comment"),
        pytest.param(f'const description = "{MODEL}";', id="description"),
        pytest.param(f'if (model === "{MODEL}") use();', id="comparison"),
        pytest.param(f'if ("{MODEL}" === model) use();', id="comparison the other way round"),
        pytest.param(f'switch (m) {{ case "{MODEL}": use(); }}', id="case"),
        pytest.param(f'expect(modelId).toBe("{MODEL}");', id="expectation"),
        pytest.param(f'console.log("{MODEL}");', id="log"),
        pytest.param(f'throw new ModelError("{MODEL}");', id="error"),
        pytest.param(f'type M = "{MODEL}" | "amazon.nova-pro-v1:0";', id="union type"),
        pytest.param(f'const supportedModels = ["{MODEL}"];', id="list of supported models"),
        pytest.param(f'const MODELS = new Set(["{MODEL}", "amazon.nova-pro-v1:0"]);', id="set"),
        pytest.param(f'const text = `The model is "{MODEL}" today`;', id="prose"),
        pytest.param('const modelId = "gpt-4o";', id="model of another provider"),
        pytest.param('const host = "amazon.com";', id="host"),
    ],
)
def test_what_chooses_nothing_is_no_route(line: str) -> None:
    assert models(line) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param(f'const modelId = "{MODEL}";', Kind.INVOKE, id="variable"),
        pytest.param(f'const modelId: string = "{MODEL}";', Kind.INVOKE, id="typed variable"),
        pytest.param(f'let modelId\nmodelId = "{MODEL}"\n', Kind.INVOKE, id="assignment without semicolons"),
        pytest.param(f'options.modelId = "{MODEL}";', Kind.INVOKE, id="member"),
        pytest.param(f'agent.withFoundationModel("{MODEL}")', Kind.INVOKE, id="builder"),
        pytest.param(f'askModel("{MODEL}", prompt)', Kind.INVOKE, id="argument"),
        pytest.param(f'run("{MODEL}", prompt)', Kind.INVOKE, id="argument of a call that says nothing"),
        pytest.param(f'const modelId = cond ? "{MODEL}" : other;', Kind.INVOKE, id="conditional"),
        pytest.param(f'const modelId = props.modelId ?? "{MODEL}";', Kind.DEFAULT, id="fallback"),
        pytest.param(f'const defaultModel = "{MODEL}";', Kind.DEFAULT, id="name says default"),
        pytest.param(f'function getModel() {{ return "{MODEL}"; }}', Kind.INVOKE, id="returned"),
        pytest.param(
            f'const agents = [{{name: "a", model: "{MODEL}"}}, {{name: "b", model: "{MODEL}"}}];', Kind.INVOKE, id="agents"
        ),
        pytest.param('const embedding = "amazon.titan-embed-text-v2:0";', Kind.EMBED, id="embedding"),
        pytest.param(
            f"fetch(`https://bedrock-runtime.${{region}}.amazonaws.com/model/{MODEL}/converse`)", Kind.INVOKE, id="URL"
        ),
    ],
)
def test_what_chooses_a_model_is_a_route(line: str, kind: Kind) -> None:
    found = routes(line)
    assert found
    for route in found:
        assert route.kind is kind
        assert MODEL in models(line) or kind is Kind.EMBED


def test_the_span_is_the_value_and_columns_count_code_points() -> None:
    (route,) = routes(f'const icon = "\N{ROCKET}"; const modelId = "{MODEL}";')
    span = route.location.span
    assert (span.start_line, span.start_column, span.end_column) == (1, 35, 35 + len(MODEL) + 2)


def test_a_value_that_a_call_takes_is_no_second_route() -> None:
    found = routes(f'const MODEL = "{MODEL}";\nclient.send(new ConverseCommand({{ modelId: MODEL }}));')
    assert [route.sink for route in found] == ["ConverseCommand.modelId"]
    assert [hop.note for hop in found[0].choices[0].trail] == ["constant MODEL"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("pick(x)", "the result of pick() is not followed"),
        ("process.env.MODEL_ID", "the environment variable MODEL_ID is not set in the scanned files"),
        ("nowhere", "'nowhere' has no value in this file"),
        ("list[0]", "the item taken from list cannot be told"),
    ],
)
def test_a_distinctive_call_is_reported_with_what_stopped_us(expression: str, reason: str) -> None:
    (route,) = routes(f"client.send(new InvokeModelCommand({{ modelId: {expression} }}));")
    assert route.unknown is not None
    assert route.unknown.reason == reason


def test_names_that_refer_to_each_other_end_with_a_reason() -> None:
    (route,) = routes("const a = b; const b = a; new ConverseCommand({ modelId: a });")
    assert route.unknown is not None
    assert route.unknown.reason == "the value depends on itself"


def test_names_that_double_are_given_up() -> None:
    doubling = "".join(f"const a{n} = a{n - 1} + a{n - 1};\n" for n in range(1, 60))
    (route,) = [each for each in routes(f"const a0 = 'x';\n{doubling}new ConverseCommand({{ modelId: a59 }});") if each.unknown]
    assert route.choices == ()


def test_the_values_of_one_file_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = f'const v0 = "{MODEL}";\n' + "".join(f"const v{number + 1} = v{number};\n" for number in range(6))
    calls = "new ConverseCommand({ modelId: v6 });\n" * 40
    assert [len(route.choices) for route in routes(chain + calls)] == [1] * 40
    monkeypatch.setattr(evaluate, "MOST_EVALUATIONS_OF_A_FILE", 100)
    monkeypatch.setattr(evaluate, "MOST_EVALUATIONS_LATE", 3)
    told = routes(chain + calls)
    assert told[0].choices
    late = {route.unknown.reason for route in told if route.unknown is not None}
    assert late == {"the expression goes through too many steps"}
    # Another file has work of its own.
    other = parse(MemoryTree({"a.ts": (chain + calls).encode(), "b.ts": (chain + calls).encode()})).references
    assert next(route for route in other if route.location.path == "b.ts").choices


BRACKETS = ("(", ")", "[", "]", "{", "}", "(a) => { ", "(b) => b", "function f(c) {", "x,", "=> ")


@given(st.lists(st.sampled_from(BRACKETS), max_size=40))
def test_the_functions_around_a_token_are_those_of_every_bracket_around_it(pieces: list[str]) -> None:
    code = Code(" ".join(pieces), LEXICONS["javascript"])
    functions = Functions(code)
    for index in range(len(code.tokens)):
        around = list(functions.around(index))
        holding = [each for each in functions.all if each.block and _is_in(code, index, each.block)]
        assert [each for each in around if each.block] == sorted(holding, key=lambda each: -code.groups[each.block].open)


def _is_in(code: Code, index: int, block: int) -> bool:
    group = code.group_of[index]
    while group and group != block:
        group = code.groups[group].parent
    return group == block


def test_order_of_files_does_not_matter() -> None:
    folder = harness.CASES / "text" / "sdk_typescript"
    tree = harness.tree(folder)
    backwards = MemoryTree(dict(reversed(list(tree.files.items()))))
    assert parse(tree) == parse(backwards)


def test_another_encoding_is_an_error_and_the_rest_is_read() -> None:
    found = parse(MemoryTree({"a.yaml": b"model: \xff\xfe\x00", "b.yaml": f"model: {MODEL}\n".encode()}))
    assert [error.path for error in found.errors] == ["a.yaml"]
    assert len(found.references) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_no_part_of_the_text(encoding: str) -> None:
    found = parse(MemoryTree({"a.yaml": f"model: {MODEL}\r\nother: 1\r\n".encode(encoding)}))
    assert found.errors == ()
    assert found.references[0].location.span.start_column == 8


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("a.json", "[" * 20_000 + f'"{MODEL}"', "cannot be read as JSON: nested more than 1000 levels deep"),
        ("a.yaml", f"model: {MODEL}\n\tx: [", "cannot be read as YAML: found a tab character that violates indentation"),
        ("a.json", f'{{"model": "{MODEL}"', "cannot be read as JSON: did not find expected ',' or '}'"),
    ],
)
def test_a_malformed_file_is_one_error(path: str, content: str, message: str) -> None:
    errors = parse(MemoryTree({path: content.encode()})).errors
    assert [error.message for error in errors] == [message]


def test_deep_nesting_is_cut_and_what_stands_beside_is_read() -> None:
    deep = "".join(f"{'  ' * n}a:\n" for n in range(300)) + "  " * 300 + f"model: {MODEL}\n"
    assert models(f"{deep}model: amazon.nova-pro-v1:0\n", "a.yaml") == ["amazon.nova-pro-v1:0"]


def test_an_alias_that_explodes_is_read_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))
    assert models(f"{bomb}model: {MODEL}\n", "a.yaml") == [MODEL]


HOSTILE = {
    "assignments": ("a.ts", "a=\n" * 20_000 + f'"{MODEL}"'),
    "open brackets": ("a.ts", "([{\n" * 20_000 + f'"{MODEL}"'),
    "sum": ("a.ts", "const m=" + '"x"+\n' * 10_000 + f'"{MODEL}";new ConverseCommand({{modelId:m}})'),
    "templates": ("a.ts", "`${\n" * 20_000 + MODEL),
    "arguments": ("a.ts", "f(" + f'"{MODEL}",\n' * 4_000 + ")"),
    "object": ("a.ts", "const models={" + "".join(f'm{n}: "{MODEL}",\n' for n in range(4_000)) + "}"),
    "functions": (
        "a.ts",
        "".join(f"function f{n}(a) {{ return f{n + 1}(a) + f{n + 1}(a); }}\n" for n in range(500))
        + "new ConverseCommand({ modelId: f0('x') });",
    ),
    "callers": (
        "a.ts",
        "".join(
            f"function f{n}(a) {{ new ConverseCommand({{ modelId: a }}); f{n + 1}(a); f{n + 1}(a); }}\n" for n in range(300)
        ),
    ),
    "arrows": ("a.ts", "const f = " + "a => " * 20_000 + f'"{MODEL}";\nnew ConverseCommand({{ modelId: f(1) }});'),
    "spreads": (
        "a.ts",
        "".join(f"const a{n} = {{ ...a{n + 1}, ...a{n + 1} }};\n" for n in range(500)) + "new ConverseCommand(a0);",
    ),
    "conditions": (
        "a.ts",
        "".join(f"const c{n} = c{n + 1} === c{n + 1};\n" for n in range(500))
        + f'new ConverseCommand({{ modelId: c0 ? "{MODEL}" : "x" }});',
    ),
    "classes": (
        "a.ts",
        "".join(f"class C{n} {{ constructor(a) {{ this.m = new C{n + 1}(a).m; new C{n + 1}(a); }} }}\n" for n in range(300))
        + "new ConverseCommand({ modelId: new C0('x').m });",
    ),
    "config maps": (
        "a.yaml",
        "".join(f"kind: ConfigMap\nmetadata: {{name: m{n}}}\ndata: {{MODEL_ID: {MODEL}}}\n---\n" for n in range(2_000)),
    ),
    "Dockerfile": ("Dockerfile", "ENV " + "MODEL_ID=$MODEL_ID \\\n" * 20_000 + f"MODEL_ID={MODEL}\n"),
    "list": ("a.yaml", "models:\n" + f"  - {MODEL}\n" * 10_000),
    "map": ("a.yaml", "models:\n" + "".join(f"  model{n}: {MODEL}\n" for n in range(5_000))),
    "flow": ("a.yaml", "[" * 50_000 + MODEL),
    "tables": ("a.toml", "".join(f'[a.b{n}]\nmodel="{MODEL}"\n' for n in range(3_000))),
    "dashes": ("a.sh", ("-" * 3_900 + "\n") * 50 + f"MODEL={MODEL}"),
    "braces": ("a.sh", ("${" * 1_900 + "\n") * 50 + f"MODEL={MODEL}"),
}


@pytest.mark.parametrize(("path", "content"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_takes_no_more_than_linear_time(path: str, content: str) -> None:
    started = time.process_time()
    parse(MemoryTree({path: content.encode()}))
    # What grows with the square takes minutes here.
    assert time.process_time() - started < 30


WORDS = [
    *"=:\"'`}{()[],;#?|-\\\0",
    "${",
    "//",
    "/*",
    "*/",
    "??",
    "=>",
    "...",
    "&a",
    "*a",
    "<<",
    "modelId",
    "model",
    "return",
    "const",
    "from",
    "function f(a) {",
    "class A {",
    "constructor(",
    "this.",
    "JSON.parse(",
    "export default",
    "switch (",
    "case",
    "else",
]
PIECES = st.sampled_from([MODEL, "\n", " ", "new ConverseCommand(", "process.env.X", "import ", "./b", "- ", *WORDS])
SUFFIXES = ("ts", "java", "go", "cs", "rb", "sql", "baml", "yaml", "json", "toml", "sh", "properties")
PATHS = [*(f"a.{suffix}" for suffix in SUFFIXES), ".env", "Dockerfile"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, max_size=40).map("".join),
    st.sampled_from(
        [
            "a.ts",
            "a.java",
            "a.go",
            "a.cs",
            "a.rb",
            "a.sql",
            "a.yaml",
            "a.json",
            "a.toml",
            ".env",
            "a.sh",
            "Dockerfile",
            "a.properties",
        ]
    ),
)
def test_no_text_breaks_the_parser(content: str, path: str) -> None:
    source = content.splitlines() or [""]
    found = parse(MemoryTree({path: content.encode("utf-8", "surrogatepass")}))
    for route in found.references:
        assert 1 <= route.location.span.start_line <= len(source) + 1
        assert route.choices or route.unknown
    assert all(isinstance(error, ScanError) for error in found.errors)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12), st.sampled_from(["", "// a comment", "const unrelated = 1;"]))
def test_a_line_put_in_between_moves_the_span_and_keeps_the_symbol(at: int, line: str) -> None:
    content = (harness.CASES / "text" / "sdk_typescript" / "config.ts").read_text("utf-8")
    lines = content.split("\n")
    moved = "\n".join((*lines[:at], line, *lines[at:]))
    assert [route.location.symbol for route in routes(moved)] == [route.location.symbol for route in routes(content)]
