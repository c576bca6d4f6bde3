"""What our evaluator says about generated configurations, against what the `terraform` program and python-hcl2 say."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import hcl2
import pytest

import golden
from routelint.parse.terraform import syntax
from routelint.parse.terraform.evaluate import Configuration, Evaluator
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Attribute, Body, Literal, ObjectNode, TupleNode, literal_text
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.references import References
from routelint.possible import Hole, Items, Possible, Record, Template
from routelint.source import MemoryTree

TERRAFORM = shutil.which("terraform")
WORDS = ["nova", "claude", "us.amazon", "v1:0", "a/b/c", "", "Dev", "prod-2", "ümlaut", "x y", '"q"', "${", "tab\t", "a\\b"]
COMPARISONS = ["<", ">", "<=", ">=", "=="]
KEYS = ["dev", "prod", "k1", "a-b"]


@dataclass
class Programs:
    """Makes random well-typed expressions of HCL."""

    random: random.Random

    def one_of(self, makers: Sequence[Callable[[], str]]) -> str:
        return self.random.choice(makers)()

    def text(self, depth: int) -> str:
        simple: list[Callable[[], str]] = [
            lambda: quoted(self.random.choice(WORDS)),
            lambda: f"var.{self.random.choice(['s0', 's1'])}",
            lambda: f"local.{self.random.choice(['l0', 'l1'])}",
        ]
        if depth <= 0:
            return self.one_of(simple)
        t, lst, mp, num, bol = self.text, self.texts, self.texts_by_key, self.number, self.truth
        deep: list[Callable[[], str]] = [
            *simple,
            lambda: f'"{raw(self.random.choice(WORDS))}-${{{t(depth - 1)}}}_${{{num(depth - 1)}}}"',
            lambda: f"({bol(depth - 1)} ? {t(depth - 1)} : {t(depth - 1)})",
            lambda: f"lower({t(depth - 1)})",
            lambda: f"upper({t(depth - 1)})",
            lambda: f"title({t(depth - 1)})",
            lambda: f"trimspace({t(depth - 1)})",
            lambda: f"trim({t(depth - 1)}, {t(0)})",
            lambda: f"trimprefix({t(depth - 1)}, {t(0)})",
            lambda: f"trimsuffix({t(depth - 1)}, {t(0)})",
            lambda: f"replace({t(depth - 1)}, {quoted(self.random.choice(['a', '.', 'v1', '-']))}, {t(0)})",
            lambda: f"substr({t(depth - 1)}, {self.random.randint(-3, 3)}, {self.random.randint(-1, 4)})",
            lambda: f"join({quoted(self.random.choice([',', '.', '']))}, {lst(depth - 1)})",
            lambda: f'format("%s-%d-%03d-%v", {t(depth - 1)}, {num(depth - 1)}, {num(0)}, {bol(0)})',
            lambda: f"element({lst(depth - 1)}, {self.random.randint(0, 5)})",
            lambda: f"lookup({mp(depth - 1)}, {quoted(self.random.choice(KEYS))}, {t(depth - 1)})",
            lambda: f"try({mp(depth - 1)}[{quoted(self.random.choice(KEYS))}], {t(depth - 1)})",
            lambda: f"try({lst(depth - 1)}[{self.random.randint(0, 3)}], {t(depth - 1)})",
            lambda: f'coalesce({t(depth - 1)}, {t(depth - 1)}, "z")',
            lambda: f"jsonencode({self.random.choice([t, lst, mp, num, bol])(depth - 1)})",
            lambda: f"jsondecode(jsonencode({{a = {t(depth - 1)}}})).a",
            lambda: f"basename({t(depth - 1)})",
            lambda: f"dirname({t(depth - 1)})",
            lambda: f"base64encode({t(depth - 1)})",
            lambda: f"md5({t(depth - 1)})",
            lambda: f"strrev({t(depth - 1)})",
            lambda: f'"%{{ if {bol(depth - 1)} }}yes ${{{t(0)}}}%{{ else }}no%{{ endif }}"',
            lambda: f'"%{{ for x in {lst(depth - 1)} ~}}  ${{x}};  %{{~ endfor }}"',
            lambda: f"tostring({num(depth - 1)})",
            lambda: f"module.child.echo_{self.random.choice(['text', 'default'])}",
        ]
        return self.one_of(deep)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return str(self.random.randint(0, 9))
        return self.one_of(
            [
                lambda: str(self.random.randint(-5, 99)),
                lambda: f"length({self.random.choice([self.texts, self.texts_by_key, self.text])(depth - 1)})",
                lambda: f"({self.number(depth - 1)} {self.random.choice(['+', '-', '*'])} {self.number(depth - 1)})",
                lambda: f"max({self.number(depth - 1)}, {self.number(depth - 1)})",
                lambda: f"abs({self.number(depth - 1)})",
                lambda: f"({self.truth(depth - 1)} ? {self.number(depth - 1)} : {self.number(depth - 1)})",
            ]
        )

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(["true", "false", "var.b0"])
        t = self.text
        return self.one_of(
            [
                lambda: f"({t(depth - 1)} {self.random.choice(['==', '!='])} {t(depth - 1)})",
                lambda: (
                    f"({self.number(depth - 1)} {self.random.choice(['<', '>', '<=', '>=', '=='])} {self.number(depth - 1)})"
                ),
                lambda: f"({self.truth(depth - 1)} {self.random.choice(['&&', '||'])} {self.truth(depth - 1)})",
                lambda: f"!{self.truth(depth - 1)}",
                lambda: f"contains({self.texts(depth - 1)}, {t(depth - 1)})",
                lambda: f"startswith({t(depth - 1)}, {t(0)})",
                lambda: f"endswith({t(depth - 1)}, {t(0)})",
                lambda: f"strcontains({t(depth - 1)}, {t(0)})",
                lambda: f"can({self.texts_by_key(depth - 1)}[{quoted(self.random.choice(KEYS))}])",
                lambda: "(var.n0 == null)",
                lambda: f"anytrue([{self.truth(depth - 1)}, {self.truth(0)}])",
            ]
        )

    def texts(self, depth: int) -> str:
        t = self.text

        def written() -> str:
            return "[" + ", ".join(t(max(0, depth - 1)) for _ in range(self.random.randint(1, 3))) + "]"

        if depth <= 0:
            return self.one_of([written, lambda: "var.list0"])
        lst, mp = self.texts, self.texts_by_key
        return self.one_of(
            [
                written,
                lambda: f"concat({lst(depth - 1)}, {lst(depth - 1)})",
                lambda: f"[for x in {lst(depth - 1)} : upper(x) if x != {t(0)}]",
                lambda: f'[for i, x in {lst(depth - 1)} : "${{i}}-${{x}}"]',
                lambda: f'[for k, v in {mp(depth - 1)} : "${{k}}=${{v}}"]',
                lambda: f"distinct({lst(depth - 1)})",
                lambda: f"compact({lst(depth - 1)})",
                lambda: f"sort({lst(depth - 1)})",
                lambda: f"reverse({lst(depth - 1)})",
                lambda: f"flatten([{lst(depth - 1)}, [{lst(depth - 1)}]])",
                lambda: f"keys({mp(depth - 1)})",
                lambda: f"values({mp(depth - 1)})",
                lambda: f"split({quoted(self.random.choice(['/', '.', '-']))}, {t(depth - 1)})",
                lambda: f"tolist(toset({lst(depth - 1)}))",
                lambda: f"slice({lst(depth - 1)}, 0, 1)",
                lambda: f"[for o in [{{a = {t(depth - 1)}}}, {{a = {t(0)}}}] : o.a]",
                lambda: f"[{{a = {t(depth - 1)}}}, {{a = {t(0)}}}][*].a",
                lambda: f'formatlist("%s!", {lst(depth - 1)})',
                lambda: f'coalescelist({lst(depth - 1)}, ["z"])',
                lambda: f"tolist(setunion({lst(depth - 1)}, {lst(0)}))",
                lambda: f"tolist(setsubtract({lst(depth - 1)}, {lst(0)}))",
                lambda: f"chunklist({lst(depth - 1)}, 2)[0]",
                lambda: f'[for e in setproduct({lst(depth - 1)}, {lst(0)}) : join("+", e)]',
                lambda: f"matchkeys({lst(depth - 1)}, {lst(0)}, {lst(0)})",
                lambda: f'[for m in regexall("[a-z]+", {t(depth - 1)}) : m]',
            ]
        )

    def texts_by_key(self, depth: int) -> str:
        t = self.text

        def written() -> str:
            chosen = self.random.sample(KEYS, self.random.randint(1, 3))
            return "{" + ", ".join(f"{quoted(key)} = {t(max(0, depth - 1))}" for key in chosen) + "}"

        if depth <= 0:
            return self.one_of([written, lambda: "var.map0", lambda: "local.map1"])
        return self.one_of(
            [
                written,
                lambda: f"merge({self.texts_by_key(depth - 1)}, {self.texts_by_key(depth - 1)})",
                lambda: f"{{for k, v in {self.texts_by_key(depth - 1)} : k => lower(v)}}",
                lambda: f"{{for k, v in {self.texts_by_key(depth - 1)} : k => v if v != {t(0)}}}",
                lambda: f'zipmap(["dev", "k1"], [{t(depth - 1)}, {t(0)}])',
                lambda: f"merge([{self.texts_by_key(depth - 1)}, {self.texts_by_key(0)}]...)",
                lambda: f"tomap({self.texts_by_key(depth - 1)})",
            ]
        )


def quoted(text: str) -> str:
    return f'"{raw(text)}"'


def raw(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("${", "$${")


HEADER = """
variable "s0" { default = "from-default" }
variable "s1" { type = string }
variable "b0" { type = bool }
variable "n0" {
  type    = string
  default = null
}
variable "list0" {
  type    = list(string)
  default = ["one", "two", "one"]
}
variable "map0" {
  type    = map(string)
  default = { dev = "nova-micro", "a-b" = 7 }
}
variable "object0" {
  type = object({
    model = optional(string, "nova-lite")
    count = optional(number)
    inner = optional(object({ id = optional(string, "x") }), {})
  })
  default = {}
}
locals {
  l0   = "local-${var.s1}"
  l1   = local.l0 == "" ? "empty" : upper(local.l0)
  map1 = merge(var.map0, { prod = local.l1 })
}
module "child" {
  source = "./child"
  text   = local.l1
}
output "object0" { value = var.object0 }
"""
CHILD = """
variable "text" {}
variable "default" {
  nullable = false
  default  = "child-default"
}
output "echo_text" { value = "<${var.text}>" }
output "echo_default" { value = var.default }
"""
VARIABLES = 's1 = "from-tfvars"\nb0 = "true"\n'


def files_of(expressions: list[str]) -> dict[str, str]:
    outputs = "".join(f'output "o{number}" {{\n  value = {text}\n}}\n' for number, text in enumerate(expressions))
    return {"main.tf": HEADER, "outputs.tf": outputs, "child/main.tf": CHILD, "terraform.tfvars": VARIABLES}


def ours(files: dict[str, str]) -> dict[str, object]:
    """Output name -> value, as our evaluator tells it; a hole is the text of its reason."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    project = Project(tree, tree.paths())
    evaluator = Evaluator(References(project, ()), Configuration())
    folder = project.folder(".")
    arguments = project.body("terraform.tfvars").attributes
    instance = Instance(folder, ".", scope=Scope(Instance(folder, ".")), arguments=arguments)
    return {
        name: plain(evaluator.evaluate(block.body.attributes["value"].expression, Scope(instance)))
        for name, block in folder.outputs.items()
    }


def plain(value: Possible) -> object:
    assert len(value) == 1, value
    match value[0].content:
        case Items(items, None):
            return [plain(item) for item in items]
        case Record(pairs, None):
            return {key: plain(item) for key, item in pairs.items()}
        case Hole() | Template() | Items() | Record() as unknown:
            return f"UNKNOWN {unknown}"
        case scalar:
            return scalar


def theirs(files: dict[str, str], folder: Path) -> dict[str, object]:
    """Output name -> value, as the terraform program computes it; without the outputs it refuses."""
    assert TERRAFORM is not None
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    environment.pop("TF_CLI_CONFIG_FILE", None)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([TERRAFORM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)

    assert run("init", "-input=false").returncode == 0
    done = run("plan", "-input=false", "-json", "-out=plan")
    refused = {
        json.loads(line)["diagnostic"].get("range", {}).get("start", {}).get("line")
        for line in done.stdout.splitlines()
        if '"diagnostic"' in line and json.loads(line).get("diagnostic", {}).get("severity") == "error"
    }
    if refused - {None}:
        lines = files["outputs.tf"].splitlines()
        kept = [index for index in range(0, len(lines), 3) if index + 2 not in refused]
        files["outputs.tf"] = "\n".join("\n".join(lines[index : index + 3]) for index in kept) + "\n"
        return theirs(files, folder)
    assert done.returncode == 0, done.stdout[-2000:]
    shown = json.loads(run("show", "-json", "plan").stdout)
    return {name: output["value"] for name, output in shown["planned_values"]["outputs"].items() if "value" in output}


def our_literals(body: Body, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    found: dict[tuple[str, ...], object] = {}
    for attribute in body.attributes.values():
        found.update(_literals_of(attribute, prefix))
    for block in body.blocks:
        found.update(our_literals(block.body, (*prefix, block.type, *block.labels)))
    return found


def _literals_of(attribute: Attribute, prefix: tuple[str, ...]) -> dict[tuple[str, ...], object]:
    match attribute.expression:
        case Literal(_, value) if not isinstance(value, str) or "\n" not in value:
            return {(*prefix, attribute.name): value}
        case TupleNode(_, items):
            values = {
                (*prefix, attribute.name, str(number)): item.value
                for number, item in enumerate(items)
                if isinstance(item, Literal)
            }
            return dict(values)
        case ObjectNode(_, items):
            return {
                (*prefix, attribute.name, key): value.value
                for key_node, value in items
                if (key := literal_text(key_node)) is not None and isinstance(value, Literal)
            }
    return {}


def their_literals(value: object, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], list[object]]:
    """The texts under each name; blocks of equal names are told apart by nothing."""
    found: dict[tuple[str, ...], list[object]] = defaultdict(list)

    def take(more: dict[tuple[str, ...], list[object]]) -> None:
        for key, values in more.items():
            found[key] += values

    if isinstance(value, dict):
        for key, inner in value.items():
            if not str(key).startswith("__"):
                take(their_literals(inner, (*prefix, _unquoted(str(key)))))
    elif isinstance(value, list):
        # Blocks are lists of objects; items of a list are numbered.
        for number, inner in enumerate(value):
            if isinstance(inner, dict):
                take(their_literals(inner, prefix))
            take(their_literals(inner, (*prefix, str(number))))
    else:
        found[prefix] = [_unquoted(value) if isinstance(value, str) else value]
    return found


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def test_another_parser_reads_the_same_literals() -> None:
    compared = 0
    for path in sorted((golden.CASES / "terraform").rglob("*.tf")):
        text = path.read_text("utf-8")
        body, errors = syntax.parse(path.name, text)
        if "broken" in path.parts:
            continue
        assert errors == ()
        theirs = their_literals(hcl2.loads(text))
        for key, value in our_literals(body).items():
            # python-hcl2 gives texts as they are written.
            if isinstance(value, str) and '"' not in value and "\\" not in value and "{" not in value and "\\u" not in text:
                assert value in theirs.get(key, ()), (path, key)
                compared += 1
    assert compared > 150


@pytest.mark.slow
@pytest.mark.skipif(TERRAFORM is None, reason="the terraform program is not installed")
@pytest.mark.parametrize("seed", range(10))
def test_terraform_computes_the_same_values(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    programs = Programs(chance)
    kinds = [programs.text, programs.number, programs.truth, programs.texts, programs.texts_by_key]
    files = files_of([chance.choice(kinds)(chance.randint(1, 4)) for _ in range(400)])
    expected = theirs(files, tmp_path)
    assert len(expected) > 300
    computed = ours(files)
    different = {name: (value, computed.get(name)) for name, value in expected.items() if computed.get(name) != value}
    assert different == {}
