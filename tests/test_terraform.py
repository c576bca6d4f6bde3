from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import golden as golden_cases
from routelint import catalog, surfaces
from routelint.collect.units import language_of, language_of_content
from routelint.model import Known, ModelReference
from routelint.parse import terraform
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import MemoryTree, SourceUnit

FOLDERS = [path for path in sorted((golden_cases.CASES / "terraform").iterdir()) if path.is_dir()]
FIXTURES = {folder.name: golden_cases.tree(folder) for folder in FOLDERS}
TOP_LEVEL = re.compile(r"(?m)^(resource|data|module|variable|locals|provider|output|[a-z_]+ *=) ?")
EDITS = st.tuples(st.sampled_from(["cut", "double", "insert", "swap"]), st.integers(0, 10**6), st.integers(0, 60))
INSERTED = ["{", "}", '"', "${", "%{", "<<EOT\n", "[", "(", "=", "\n", "\0", "é", "for", "...", "\\", "~}", "?", "."]
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = %s\n}\n'


def unit_of(tree: MemoryTree) -> SourceUnit:
    """The Terraform files of a tree, all of them marked."""
    paths = tuple(
        path
        for path in tree.paths()
        if language_of(path) == "terraform" or (path.endswith(".json") and language_of_content(tree.files[path]) == "terraform")
    )
    return SourceUnit("terraform", paths, paths)


def parsed(files: Mapping[str, str] | MemoryTree) -> Parsed:
    tree = files if isinstance(files, MemoryTree) else MemoryTree({path: text.encode() for path, text in files.items()})
    context = ParseContext(tree, surfaces.load("terraform"), catalog.load().knows)
    return terraform.parse(unit_of(tree), context)


def only(files: Mapping[str, str]) -> ModelReference:
    (reference,) = parsed(files).references
    return reference


def reason(files: Mapping[str, str]) -> str:
    unknown = only(files).unknown
    assert unknown is not None
    return unknown.reason


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_form(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", golden_cases.render(parsed(golden_cases.tree(folder))))


# -- properties


def facts(found: Parsed) -> Sequence[object]:
    """What must not change when lines move: symbols, roots, models, environments, reasons, tags."""
    return sorted(
        (
            each.location.symbol,
            each.root,
            str(each.kind),
            tuple((choice.model.id, choice.environments, len(choice.trail)) for choice in each.choices),
            each.unknown.reason if each.unknown else "",
            str(each.tags),
        )
        for each in found.references
    )


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_the_order_of_files_never_matters(name: str) -> None:
    tree = FIXTURES[name]
    paths = list(tree.files)
    random.Random(name).shuffle(paths)
    shuffled = MemoryTree({path: tree.files[path] for path in paths})
    unit = unit_of(tree)
    context = ParseContext(shuffled, surfaces.load("terraform"), catalog.load().knows)
    mixed = terraform.parse(SourceUnit("terraform", tuple(reversed(unit.paths)), tuple(reversed(unit.marked))), context)
    assert golden_cases.render(mixed) == golden_cases.render(parsed(tree))


@pytest.mark.parametrize("name", sorted(set(FIXTURES) - {"broken"}))
def test_blank_lines_and_comments_keep_symbols_and_models(name: str) -> None:
    tree = FIXTURES[name]
    moved = {}
    for path, data in tree.files.items():
        text = data.decode()
        if path.endswith((".tf", ".tofu", ".tfvars", ".hcl")):
            text = re.sub(
                r"(?m)^(resource|data|module|variable|locals|provider|output|[a-z_]+ *=) ?",
                r"\n# moved\n/* by\n lines */\n\1 ",
                text,
            )
            text = text.replace("\r\n", "\n")
        moved[path] = text.encode()
    before, after = parsed(tree), parsed(MemoryTree(moved))
    assert facts(after) == facts(before)
    assert before.references == () or after.references != before.references or name == "plan"


@pytest.mark.parametrize("name", sorted(set(FIXTURES) - {"broken"}))
def test_line_ends_of_windows_change_nothing(name: str) -> None:
    tree = FIXTURES[name]
    windows = MemoryTree({path: data.replace(b"\n", b"\r\n") for path, data in tree.files.items()})
    assert golden_cases.render(parsed(windows)) == golden_cases.render(parsed(tree))


MUTATED = [(name, path) for name, tree in sorted(FIXTURES.items()) for path in unit_of(tree).paths]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MUTATED), st.lists(EDITS, min_size=1, max_size=5), st.sampled_from(INSERTED))
def test_mutated_files_are_read_or_reported(target: tuple[str, str], edits: list[tuple[str, int, int]], text: str) -> None:
    name, path = target
    files = dict(FIXTURES[name].files)
    data = files[path]
    for kind, at, length in edits:
        start = at % (len(data) + 1)
        piece = data[start : start + length]
        match kind:
            case "cut":
                data = data[:start] + data[start + length :]
            case "double":
                data = data[:start] + piece + data[start:]
            case "insert":
                data = data[:start] + text.encode() + data[start:]
            case "swap":
                data = data[:start] + piece[::-1] + data[start + length :]
    files[path] = data
    found = parsed(MemoryTree(files))
    for reference in found.references:
        span = reference.location.span
        assert reference.location.path in files
        assert 1 <= span.start_line <= span.end_line
        assert (span.start_line, span.start_column) <= (span.end_line, span.end_column)
        lines = files[reference.location.path].decode("utf-8-sig").split("\n")
        assert span.end_line <= len(lines)
        assert span.end_column <= len(lines[span.end_line - 1]) + 1


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_spans_hold_the_value_at_the_sink(name: str) -> None:
    tree = FIXTURES[name]
    for reference in parsed(tree).references:
        span = reference.location.span
        lines = tree.files[reference.location.path].decode().split("\n")[span.start_line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        text = "\n".join((lines[0][span.start_column - 1 :], *lines[1:]))
        assert text == text.strip()
        value = reference.value
        if isinstance(value, Known) and not value.choice.trail and text.startswith('"') and "{" not in text:
            assert value.choice.model.text in text.encode().decode("unicode_escape")


# -- hostile input


HOSTILE = {
    "brackets": {"main.tf": AGENT % ("[" * 5000 + '"x"' + "]" * 5000)},
    "parentheses": {"main.tf": AGENT % ("(" * 3000 + '"x"' + ")" * 3000)},
    "calls": {"main.tf": AGENT % ("upper(" * 3000 + '"x"' + ")" * 3000)},
    "interpolations": {"main.tf": AGENT % ('"${' * 500 + "x" + '}"' * 500)},
    "blocks": {"main.tf": 'resource "null_resource" "b" {' + "model {\n" * 2000 + 'model_id = "x"\n' + "}\n" * 2000 + "}"},
    "operators": {"main.tf": AGENT % "+".join(["1"] * 5000)},
    "attributes": {"main.tf": AGENT % ("var.a" + ".b" * 5000)},
    "json lists": {"main.tf.json": "[" * 50000 + "]" * 50000},
    "json objects": {"main.tf.json": '{"a":' * 900 + "1" + "}" * 900},
    "lists that double": {
        "main.tf": 'locals {\n l0 = ["a", "b"]\n'
        + "".join(f" l{i + 1} = [local.l{i}, local.l{i}]\n" for i in range(60))
        + "}\n"
        + AGENT % "jsonencode(local.l60)"
    },
    "texts that double": {
        "main.tf": 'locals {\n l0 = "aaaa"\n'
        + "".join(f' l{i + 1} = "${{local.l{i}}}${{local.l{i}}}"\n' for i in range(60))
        + "}\n"
        + AGENT % "local.l60"
    },
    "branches that double": {
        "main.tf": 'variable "c" {}\nlocals {\n l0 = "a"\n'
        + "".join(f' l{i + 1} = var.c == {i} ? "${{local.l{i}}}x" : "${{local.l{i}}}y"\n' for i in range(60))
        + "}\n"
        + AGENT % "local.l60"
    },
    "products": {"main.tf": AGENT % "setproduct(range(1000), range(1000), range(1000), range(1000))"},
    "backtracking": {"main.tf": AGENT % f'regex("(a|aa)+$", "{"a" * 60}!")'},
    "backtracking in sequence": {"main.tf": AGENT % f'regex("a*a*a*a*a*a*b", "{"a" * 400}!")'},
    "a pattern of file names": {
        "main.tf": AGENT % f'one(fileset(path.module, "{"*a" * 60}b"))',
        "a" * 120: "",
    },
    "numbers": {"main.tf": AGENT % ('format("%d", ' + "9" * 6000 + ")")},
    "aliases": {
        "main.tf": AGENT % 'yamldecode(file("x.yaml")).a',
        "x.yaml": "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)),
    },
    "an alias of itself": {"main.tf": AGENT % 'yamldecode(file("x.yaml")).a', "x.yaml": "a: &a [*a]\n"},
    "deep yaml": {"main.tf": AGENT % 'yamldecode(file("x.yaml")).a', "x.yaml": "a: " + "[" * 90000},
    "a template of itself": {"main.tf": AGENT % 'templatefile("x.tpl", {})', "x.tpl": '${templatefile("x.tpl", {})}' * 2},
    "a module of itself": {"main.tf": 'module "a" {\n  source = "./"\n}\n' + AGENT % '"x"'},
    "modules that double": {
        **{
            f"m{i}/main.tf": "".join(f'module "{name}" {{\n  source = "../m{i + 1}"\n}}\n' for name in "ab") + AGENT % '"x"'
            for i in range(20)
        },
        "m20/main.tf": AGENT % '"x"',
    },
    "counts": {"main.tf": 'resource "aws_bedrockagent_agent" "a" {\n  count = 999999999\n  foundation_model = "x"\n}\n'},
    "dynamic blocks that multiply": {
        "main.tf": 'resource "aws_bedrockagent_flow" "f" {\n  definition {\n'
        + "".join(
            f'dynamic "{name}" {{\n for_each = range(64)\n content {{\n'
            for name in ("node", "configuration", "prompt", "source_configuration", "inline")
        )
        + 'model_id = "x"\n'
        + "}\n}\n" * 5
        + "}\n}\n"
    },
    "blanks": {"main.tf": "x = {" + "\n" * 200_000 + "a = 1 }\n" + AGENT % '"x"'},
    "padding in a format": {"main.tf": AGENT % f'format("%{"0" * 100_000}?", 1)'},
    "a line of words": {"main.tf": "resource " + "abc " * 50_000},
    "an open policy": {
        "main.tf": 'resource "aws_iam_policy" "p" {\n  policy = <<EOT\n{"Statement": "' + "${a}" * 3000 + "\nEOT\n}\n"
    },
    "binary": {"main.tf": "\0\0\0"},
    "not UTF-8": {"main.tf": "caf\udce9"},
    "an open heredoc": {"main.tf": AGENT % "<<EOT\nfoo"},
}


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_is_bounded(files: dict[str, str]) -> None:
    tree = MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()})
    found = parsed(tree)
    for reference in found.references:
        assert len(reference.choices) <= 65
        assert all(len(choice.trail) <= 100 for choice in reference.choices)


def test_files_outside_the_scan_are_never_read() -> None:
    assert reason({"main.tf": AGENT % 'file("/etc/hostname")'}) == "etc/hostname is not in the scanned files"
    assert reason({"a/main.tf": AGENT % 'file("../../../etc/hostname")'}) == "etc/hostname is not in the scanned files"


def test_one_broken_block_leaves_the_others() -> None:
    text = "".join(AGENT.replace('"a"', f'"a{i}"') % '"amazon.nova-lite-v1:0"' for i in range(3))
    found = parsed({"main.tf": text.replace('"a1" {', '"a1" { = [', 1)})
    assert [each.location.symbol for each in found.references if "a1" not in each.location.symbol] == [
        "aws_bedrockagent_agent.a0.foundation_model",
        "aws_bedrockagent_agent.a2.foundation_model",
    ]
    assert [(error.path, error.line) for error in found.errors] == [("main.tf", 4)]


def test_what_else_a_resource_says_is_kept() -> None:
    text = """
    resource "aws_bedrock_provisioned_model_throughput" "steady" {
      model_arn           = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
      commitment_duration = "SixMonths"
      model_units         = 2
    }
    """
    assert only({"main.tf": text}).settings == {"commitment": "SixMonths", "model_units": "2"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('variable "m" {}\n' + AGENT % "var.m", "var.m has no default and no tfvars in the scanned files sets it"),
        ('variable "m" {\n  default = null\n}\n' + AGENT % "var.m", "no model is set: var.m defaults to null"),
        (AGENT % "var.m", "var.m is not declared"),
        (AGENT % "local.m", "local.m is not declared"),
        (AGENT % "module.m.model", "module.m is not declared"),
        (
            'module "m" {\n  source = "git::https://example.com/m"\n}\n' + AGENT % "module.m.id",
            "module.m is not in the scanned files",
        ),
        ("locals {\n  a = local.b\n  b = local.a\n}\n" + AGENT % "local.a", "local.a refers to itself"),
        (
            'data "aws_ssm_parameter" "m" {\n  name = "m"\n}\n' + AGENT % "data.aws_ssm_parameter.m.value",
            "data.aws_ssm_parameter.m.value is looked up when Terraform runs",
        ),
        (AGENT % "data.aws_ssm_parameter.m.value", "data.aws_ssm_parameter.m is not in the scanned files"),
        (AGENT % 'file("model.txt")', "model.txt is not in the scanned files"),
        (AGENT % "uuid()", "a random value"),
        (AGENT % "null", "no model is set: the value is null"),
        (AGENT % '""', "no model is set: the value is empty"),
        (AGENT % "[]", "a list or map stands where a model identifier is expected"),
        (AGENT % '{ a = "x" }["b"]', "there is no entry 'b'"),
    ],
)
def test_what_cannot_be_told_says_why(text: str, why: str) -> None:
    assert reason({"main.tf": text}) == why
