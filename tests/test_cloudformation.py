from __future__ import annotations

import importlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from golden import CASES, cases, render, tree
from routelint import catalog, surfaces
from routelint.model import ModelReference, Unknown
from routelint.parse.cloudformation import json_syntax, parse, recognizes, syntax
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import MemoryTree, SourceText, SourceUnit

KNOWS = catalog.load().knows
FOLDERS = cases("cloudformation")


def scan(files: MemoryTree) -> Parsed:
    paths = tuple(path for path in files.paths() if path.endswith((".yaml", ".yml", ".json", ".template", ".toml")))
    unit = SourceUnit("cloudformation", paths, tuple(path for path in paths if not path.endswith(".toml")))
    return parse(unit, ParseContext(files, surfaces.load("cloudformation"), KNOWS))


def one(text: str) -> Parsed:
    return scan(MemoryTree({"template.yaml": text.encode()}))


def models(parsed: Parsed) -> list[list[str]]:
    return [[choice.model.id for choice in reference.choices] for reference in parsed.references]


def agent(value: str, head: str = "") -> str:
    return f"{head}Resources:\n  A:\n    Type: AWS::Bedrock::Agent\n    Properties:\n      FoundationModel: {value}\n"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", render(scan(tree(folder))))


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("a.yaml", b"AWSTemplateFormatVersion: '2010-09-09'", True),
        ("a.yml", b"Resources:\n  A:\n    Type: AWS::S3::Bucket", True),
        ("a.template", b'{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}', True),
        ("a.json", b'{"StartAt": "A", "States": {}}', True),
        ("a.asl.yaml", b"StartAt: A\nStates: {}", True),
        ("p.json", b'[{"ParameterKey": "A", "ParameterValue": "b"}]', True),
        ("p.json", b'{"Parameters": {"A": "b"}}', True),
        ("samconfig.toml", b"version = 0.1", True),
        ("serverless.yml", b"service: a\nprovider:\n  name: aws\nfunctions: {}", True),
        ("serverless.yml", b"service: a\nprovider:\n  name: google\nfunctions: {}", False),
        ("a.json", b'{"name": "package", "version": "1"}', False),
        ("a.yaml", b"apiVersion: v1\nkind: Service", False),
        ("a.py", b"AWSTemplateFormatVersion", False),
    ],
)
def test_recognizes(path: str, data: bytes, expected: bool) -> None:
    assert recognizes(path, data) is expected


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_spans_hold_the_value(folder: Path) -> None:
    files = tree(folder)
    for reference in scan(files).references:
        span, lines = reference.location.span, files.files[reference.location.path].decode().split("\n")
        assert (span.start_line, span.start_column) < (span.end_line, span.end_column)
        text = lines[span.start_line - 1][span.start_column - 1 :]
        assert not text[:1].isspace()
        end = lines[span.end_line - 1][: span.end_column - 1]
        assert end
        assert not end[-1].isspace()
        if [str(choice.resolution) for choice in reference.choices] == ["literal"] and not reference.choices[0].trail:
            within = lines[span.start_line - 1][span.start_column - 1 : span.end_column - 1]
            assert reference.choices[0].model.base in within


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_order_of_files_does_not_matter(folder: Path) -> None:
    files = tree(folder)
    paths = [path for path in files.paths() if path.endswith((".yaml", ".yml", ".json", ".template", ".toml"))]
    shuffled = paths[::-1]
    marked = tuple(path for path in shuffled if not path.endswith(".toml"))
    unit = SourceUnit("cloudformation", tuple(shuffled), marked)
    turned = parse(unit, ParseContext(files, surfaces.load("cloudformation"), KNOWS))

    def lines(parsed: Parsed) -> list[str]:
        return sorted(render(parsed).splitlines())

    assert lines(turned) == lines(scan(files))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_blank_lines_move_spans_and_nothing_else(folder: Path) -> None:
    files = tree(folder)
    moved = MemoryTree(
        {path: data if path.endswith((".toml", ".py")) else b"\n\n" + data for path, data in files.files.items()}
    )

    def still(each: ModelReference) -> tuple[object, ...]:
        return (each.location.path, each.location.symbol, each.root, each.sink, str(each.kind), _ids(each))

    assert sorted(map(still, scan(moved).references)) == sorted(map(still, scan(files).references))


def _ids(reference: ModelReference) -> tuple[str, ...]:
    return tuple(choice.model.id for choice in reference.choices)


@pytest.mark.parametrize("ending", ["\r\n", "\r"], ids=["crlf", "cr"])
def test_line_endings(ending: str) -> None:
    text = agent("amazon.nova-lite-v1:0").replace("\n", ending)
    (reference,) = one(text).references
    assert _ids(reference) == ("amazon.nova-lite-v1:0",)
    if ending == "\r\n":
        assert reference.location.span.start_line == 5


def test_byte_order_mark_and_utf16() -> None:
    text = agent("amazon.nova-lite-v1:0")
    for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        parsed = scan(MemoryTree({"template.yaml": data}))
        assert models(parsed) == [["amazon.nova-lite-v1:0"]]
        assert parsed.references[0].location.span.start_column == 24


def test_passed_value_beats_default_and_alternatives() -> None:
    head = "Parameters:\n  M: {Type: String, Default: amazon.nova-pro-v1:0, AllowedValues: [amazon.nova-pro-v1:0, x]}\n"
    files = {
        "template.yaml": agent("!Ref M", head).encode(),
        "params.json": b'[{"ParameterKey": "M", "ParameterValue": "amazon.nova-micro-v1:0"}]',
    }
    parsed = scan(MemoryTree(files))
    assert models(parsed) == [["amazon.nova-micro-v1:0"]]
    assert [hop.location.path for hop in parsed.references[0].choices[0].trail] == ["template.yaml", "params.json"]


def test_yaml_anchors_and_merges() -> None:
    text = """
Shared: &shared {FoundationModel: amazon.nova-lite-v1:0, AgentName: a}
Resources:
  A: {Type: AWS::Bedrock::Agent, Properties: {<<: *shared}}
  B: {Type: AWS::Bedrock::Agent, Properties: {<<: *shared, FoundationModel: amazon.nova-pro-v1:0}}
"""
    assert models(one(text)) == [["amazon.nova-lite-v1:0"], ["amazon.nova-pro-v1:0"]]


def test_alias_bomb_is_bounded() -> None:
    rows = ["a0: &a0 [amazon.nova-lite-v1:0, amazon.nova-lite-v1:0]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join(rows) + "\n" + agent("!Join ['', *a11]") + "      Tags: {a: !Join ['', *a11]}\n"
    parsed = one(text)
    assert isinstance(parsed.references[0].value, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        '{"Resources": ' * 5_000,
        agent("!Join ['', [" * 45 + "x" + "]]" * 45),
        "a: &a [*a]",
        "Resources: {A: &x {Type: AWS::Bedrock::Agent, Properties: *x}}",
        "? [a, b]\n: c\nResources: {? {a: b} : c}",
        "%YAML 9.9\n---\nResources: 1",
        "Resources:\n\tA: b",
        "\x00\x01",
        "",
        "--- \n...\n---",
        '{"Resources": {"A": {"Type": "AWS::Bedrock::Agent", "Properties": {"FoundationModel": "\\ud83d"}}}}',
        "Resources: {A: {Type: [AWS::X], Properties: !Sub 1}, B: 3, C: {Type: AWS::Bedrock::Agent, Properties: [1]}}",
        "Resources: {Fn::ForEach::X: [a], Fn::ForEach::Y: [a, [b], {c: {Type: AWS::Bedrock::Agent}}]}",
        "Conditions: {A: !Condition A, B: !And [!Condition C], C: !Or [!Condition B]}\n" + agent("!If [B, x, y]"),
        "Mappings: {M: {a: {b: !Ref X}}}\n" + agent("!FindInMap [M, a, b]"),
        "Resources: {Fn::ForEach::X: [V, [a, b], {'P${V}': {Type: AWS::Bedrock::ApplicationInferenceProfile, "
        "Properties: {ModelSource: {CopyFrom: !GetAtt Pa.InferenceProfileArn}}}}]}",
        "service: s\nprovider: {name: aws, stage: '${opt:stage}'}\ncustom: '${self:custom}'\nfunctions: '${self:functions}'",
        "service: s\nprovider: {name: aws, stage: '${self:provider.stage}'}\nfunctions: '${file(a.yml):${opt:stage}}'",
        "service: s\nprovider: {name: aws, environment: {A: '"
        + "${self:a." * 200
        + "}" * 200
        + "'}}\nfunctions: {f: {handler: 1}}",
        "service: s\nprovider: {name: aws}\na: &a {b: '${self:a}', c: '${self:a}'}\nresources: {Resources: '${self:a}'}",
        "service: s\nprovider: {name: aws}\na: '" + "${self:a}" * 50 + "'\nfunctions: {f: '${self:b.${self:a}}'}",
        "service: s\nprovider: {name: aws}\na: '" + "${self:" * 50_000 + "'\nfunctions: {f: '" + "${" * 50_000 + "'}",
        "service: s\nprovider: {name: aws, environment: ['${self:']}\nfunctions: [1, '${sls:stage}', {f: 2}]",
        agent("!Sub '${'") + agent("!Sub ['${A}', 3]") + agent("!GetAtt []"),
    ],
    ids=str.__len__,
)
def test_hostile_text_costs_at_most_errors(text: str) -> None:
    one(text)
    scan(MemoryTree({"template.json": text.encode()}))


def test_deep_nesting_is_an_error_with_its_line() -> None:
    (error,) = one("a: 1\nb: " + "[" * 200 + "]" * 200).errors
    assert (error.line, error.message) == (2, "nested deeper than 100 levels")


def test_long_file_is_not_read() -> None:
    (error,) = one("a: " + "x" * 2_100_000).errors
    assert "not read" in error.message


def test_one_bad_line_costs_that_line() -> None:
    text = agent("amazon.nova-lite-v1:0") + "  B: ]\n" + agent("amazon.nova-pro-v1:0").replace("Resources:\n  A", "  C")
    parsed = one(text)
    assert [error.line for error in parsed.errors] == [6]
    assert models(parsed) == [["amazon.nova-lite-v1:0"], ["amazon.nova-pro-v1:0"]]


def test_json_that_libyaml_refuses() -> None:
    long = "k" * 2_000
    body = {"Type": "AWS::Bedrock::Agent", "Properties": {long: "\U0001f600", "FoundationModel": "amazon.nova-lite-v1:0"}}
    parsed = scan(MemoryTree({"template.json": json.dumps({"Resources": {"A": body}}).encode()}))
    assert models(parsed) == [["amazon.nova-lite-v1:0"]]
    assert parsed.errors == ()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def plain(node: Node) -> object:
    match node:
        case Scalar(text):
            return text
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping():
            return {key: plain(value) for key, value in node.items()}


def shown(value: object) -> object:
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return value if isinstance(value, str) else json.dumps(value)


@given(VALUES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_json_reads_as_the_standard_library_reads_it(value: object, ascii_only: bool) -> None:
    source = SourceText("a.json", json.dumps(value, ensure_ascii=ascii_only, indent=1))
    root = json_syntax.parse(source)
    assert root is not None
    assert plain(root) == shown(value)
    assert (root.start, root.end) == (0, len(source.text))


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_yaml_scalars_lie_at_their_spans(value: object) -> None:
    source = SourceText("a.yaml", yaml.safe_dump({"root": value}, allow_unicode=True))
    read = syntax.parse(source)
    assert read.errors == ()
    waiting: list[Node] = list(read.roots)
    while waiting:
        node = waiting.pop()
        match node:
            case Scalar(text, plain=True) if "\n" not in source.text[node.start : node.end]:
                assert source.text[node.start : node.end] == text
            case Sequence(items):
                waiting.extend(items)
            case Mapping():
                waiting.extend(value for _, value in node.items())


INPUTS = [path for folder in FOLDERS for path in sorted(folder.rglob("*")) if path.suffix in (".yaml", ".yml", ".json")]
SNIPPETS = [path.read_text("utf-8") for path in INPUTS]
NOISE = ["!Ref ", "{", "}", "[", "]", ": ", "\n", "\t", "'", '"', "${", "&a ", "*a", "<<: ", "-"]


@given(st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_mutated_templates_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice(SNIPPETS)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0:
                text = text[:at] + text[at + chance.randint(1, 40) :]
            case 1:
                text = text[:at] + chance.choice(NOISE) + text[at:]
            case 2:
                other = chance.choice(SNIPPETS)
                start = chance.randrange(len(other))
                text = text[:at] + other[start : start + 60] + text[at:]
            case _:
                end = at + chance.randint(1, 200)
                text = text[:at] + text[at:end] * 2 + text[end:]
    one(text)


MODELS = ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "us.amazon.nova-micro-v1:0"]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """An expression in flow style, and the text it comes to."""
    text = draw(st.sampled_from(["a", "b-c", *MODELS]))
    if depth == 0:
        return f'"{text}"', text
    inner, value = draw(expressions(depth - 1))
    other, _ = draw(expressions(0))
    match draw(st.integers(0, 7)):
        case 0:
            return f'"{text}"', text
        case 1:
            return f'!Join ["-", [{inner}, "{text}"]]', f"{value}-{text}"
        case 2:
            return f'!Sub ["x${{V}}y", {{V: {inner}}}]', f"x{value}y"
        case 3:
            return f"!If [Yes, {inner}, {other}]", value
        case 4:
            return f"!If [No, {other}, {inner}]", value
        case 5:
            return f"!Select [1, [{other}, {inner}]]", value
        case 6:
            return f'!Select [0, !Split ["#", !Join ["#", [{inner}, {other}]]]]', value
        case _:
            return '!FindInMap [M, k, !Ref "P"]', "mapped"


@given(expressions())
@settings(max_examples=80, deadline=None)
def test_expressions_come_to_their_text(pair: tuple[str, str]) -> None:
    expression, value = pair
    head = (
        "Parameters: {P: {Type: String, Default: v}}\nMappings: {M: {k: {v: mapped}}}\n"
        "Conditions: {Yes: !Equals [!Ref P, v], No: !Not [!Condition Yes]}\n"
    )
    (reference,) = one(agent(expression, head)).references
    (choice,) = reference.choices
    assert choice.model.text == value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{"Fn::ToJsonString": {a: !Ref P, b: [x, !Sub "q\\"${P}"], c: !Ref "AWS::NoValue"}}', '{"a":"v","b":["x","q\\"v"]}'),
        ('{"Fn::ToJsonString": {a: !Ref "AWS::StackName"}}', "AWS::StackName is known only at deployment"),
        ("!Sub ['n${N}', {N: {'Fn::Length': !Ref L}}]", "n3"),
        ("!Select [!Ref One, !Ref L]", "q"),
        ("!Join ['-', [a, !Ref 'AWS::NoValue', b]]", "a-b"),
        ("!Split [',', !Join [',', !Ref L]]", "p q r"),
    ],
)
def test_functions(expression: str, expected: str) -> None:
    head = (
        "Parameters: {P: {Type: String, Default: v}, One: {Type: Number, Default: 1},"
        " L: {Type: CommaDelimitedList, Default: 'p, q,r'}}\n"
    )
    (reference,) = one(agent(expression, head)).references
    unknown = reference.unknown
    found = " ".join(choice.model.text for choice in reference.choices) or (unknown.reason if unknown is not None else "")
    assert found == expected


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_cfn_lint_reads_the_same_literals(folder: Path) -> None:
    cfnlint = importlib.import_module("cfnlint.decode")

    files = tree(folder)
    for path in files.paths():
        if not path.endswith((".yaml", ".json")) or not recognizes(path, files.files[path]):
            continue
        decoded, matches = cfnlint.decode(str(folder / path))
        if matches or not isinstance(decoded, dict):
            continue
        (root,) = syntax.parse(SourceText(path, files.files[path].decode())).roots
        assert _literals(plain_tagged(root)) == _literals(decoded)


def plain_tagged(node: Node) -> object:
    bare = plain(replace(node, tag=None)) if isinstance(node, Scalar) else None
    match node:
        case Sequence(items):
            bare = [plain_tagged(item) for item in items]
        case Mapping():
            bare = {key: plain_tagged(value) for key, value in node.items()}
        case Scalar():
            pass
    if node.tag is None:
        return bare
    if node.tag == "GetAtt" and isinstance(bare, str):
        bare = list(bare.partition(".")[::2])
    return {node.tag if node.tag in ("Ref", "Condition") else f"Fn::{node.tag}": bare}


def _literals(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _literals(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literals(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


def test_every_form_has_a_folder() -> None:
    assert len(FOLDERS) >= 25
    assert all((folder / "expected.txt").read_text("utf-8").strip() for folder in FOLDERS)
    assert CASES.is_dir()
