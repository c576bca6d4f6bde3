"""Generated modules, object types, repetitions, texts and layers of variables, against what the `terraform` program plans."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from routelint.parse.terraform import varfiles
from routelint.parse.terraform.deployments import Deployments, layers
from routelint.parse.terraform.evaluate import Configuration, Evaluator
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Attribute
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.references import References
from routelint.possible import Hole, Items, Possible, Record, Template
from routelint.source import MemoryTree

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="the terraform program is not installed")
WORDS = ["nova", "us.claude-v1:0", "", "Prod", "a b", "7", "true", "x/y"]
KEYS = ["dev", "prod", "k1"]


@dataclass(frozen=True)
class Type:
    """A type constraint: its name, and what it is made of."""

    name: str
    inner: Type | None = None
    attributes: tuple[tuple[str, Type, str | None], ...] = ()

    def __str__(self) -> str:
        match self.name:
            case "list" | "set" | "map":
                return f"{self.name}({self.inner})"
            case "object":
                return (
                    "object({"
                    + ", ".join(f"{name} = {_optional(kind, default)}" for name, kind, default in self.attributes)
                    + "})"
                )
        return self.name


def _optional(kind: Type, default: str | None) -> str:
    """An attribute's constraint: `default` is None where it is required, empty where it is optional without one."""
    if default is None:
        return str(kind)
    return f"optional({kind}, {default})" if default else f"optional({kind})"


class Maker:
    """Makes random types, values of them, and modules."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    # -- types and values

    def type(self, depth: int) -> Type:
        names = ["string", "string", "number", "bool"]
        name = self.random.choice(names + (["list", "map", "set", "object", "object"] if depth else []))
        if name in ("list", "set", "map"):
            # A set of lists or objects is in an order of their hashes, which says nothing.
            return Type(name, self.type(0 if name == "set" else depth - 1))
        if name != "object":
            return Type(name)
        attributes = []
        for key in self.random.sample(["a", "b", "model", "on"], self.random.randint(1, 3)):
            kind = self.type(depth - 1)
            default = self.random.choice([None, "", self.value(kind, constant=True)])
            attributes.append((key, kind, default))
        return Type("object", None, tuple(attributes))

    def value(self, kind: Type, *, constant: bool = False) -> str:
        """A value that converts to a type."""
        chance = self.random
        match kind.name:
            case "string":
                return chance.choice([quoted(chance.choice(WORDS)), str(chance.randint(0, 99)), "true", self.text(constant)])
            case "number":
                return chance.choice([str(chance.randint(-9, 99)), f'"{chance.randint(0, 9)}"', "2.5"])
            case "bool":
                return chance.choice(["true", "false", '"true"'])
            case "list" | "set":
                assert kind.inner is not None
                return "[" + ", ".join(self.value(kind.inner, constant=constant) for _ in range(chance.randint(0, 3))) + "]"
            case "map":
                assert kind.inner is not None
                keys = chance.sample(KEYS, chance.randint(0, 3))
                return "{ " + ", ".join(f"{key} = {self.value(kind.inner, constant=constant)}" for key in keys) + " }"
        pairs = [
            f"{name} = {self.value(inner, constant=constant)}"
            for name, inner, default in kind.attributes
            if default is None or chance.random() < 0.5
        ]
        pairs.extend([f"extra = {self.value(Type('string'), constant=constant)}"] if chance.random() < 0.2 else [])
        return "{ " + ", ".join(pairs) + " }"

    def text(self, constant: bool) -> str:
        if constant:
            return quoted(self.random.choice(WORDS))
        return self.random.choice(["local.word", 'upper("x${local.word}")', '"${local.word}-1"'])

    # -- modules

    def case(self) -> dict[str, str]:
        """The files of one module whose output `out` is asked for."""
        kind = self.random.choice(
            [self.typed, self.typed, self.called, self.called, self.repeated, self.resources, self.texts, self.collected]
        )
        return kind()

    def typed(self) -> dict[str, str]:
        """A variable of a random type with a default of it, or passed by a caller."""
        kind = self.type(3)
        nullable = self.random.choice(["", "  nullable = false\n"])
        default = f"  default = {self.value(kind, constant=True)}\n"
        variable = f'variable "x" {{\n  type = {kind}\n{default}{nullable}}}\n'
        if self.random.random() < 0.5:
            return {"main.tf": variable + 'output "out" {\n  value = var.x\n}\n'}
        passed = self.random.choice([self.value(kind), self.value(kind), "null"])
        return {
            "inner/main.tf": variable + 'output "x" {\n  value = var.x\n}\n',
            "main.tf": f'locals {{\n  word = "w"\n}}\nmodule "m" {{\n  source = "./inner"\n  x = {passed}\n}}\n'
            'output "out" {\n  value = module.m.x\n}\n',
        }

    def called(self) -> dict[str, str]:
        """A module called once, several times or not at all, its outputs asked for in some way."""
        inner = (
            'variable "model" {\n  default = "titan"\n}\nvariable "tags" {\n  type    = map(string)\n  default = {}\n}\n'
            'output "id" {\n  value = "${var.model}!"\n}\noutput "all" {\n  value = merge({ id = var.model }, var.tags)\n}\n'
        )
        times, asked = self.random.choice(
            [
                ("", ["module.m.id", "module.m.all", "merge(module.m, {})"]),
                (
                    f"count = {self.random.randint(0, 3)}",
                    [
                        "module.m[*].id",
                        "[for m in module.m : m.all]",
                        'try(module.m[0].id, "none")',
                        "length(module.m)",
                        "one(module.m[*].id)",
                    ],
                ),
                (
                    'for_each = { dev = "nova", prod = "claude" }',
                    [
                        'module.m["dev"].id',
                        "{ for k, m in module.m : k => m.id }",
                        "values(module.m)[*].id",
                        "keys(module.m)",
                        'lookup(module.m, "prod", null).all',
                    ],
                ),
                ('for_each = toset(["b", "a"])', ['[for k, m in module.m : "${k}:${m.id}"]', 'module.m["a"].all']),
            ]
        )
        each = times.startswith("for_each")
        model = self.random.choice(
            ["local.word", "each.value" if each else quoted("plain"), "null", "each.key" if each else "1"]
        )
        if times.startswith("count"):
            model = self.random.choice([model, '"m${count.index}"'])
        tags = self.random.choice(["", "  tags = { a = 1, b = true }\n", "  tags = { word = local.word }\n"])
        passed = f"  model = {model}\n" if self.random.random() < 0.8 else ""
        return {
            "inner/main.tf": inner,
            "main.tf": f'locals {{\n  word = {quoted(self.random.choice(WORDS))}\n}}\nmodule "m" {{\n  source = "./inner"\n'
            f'  {times}\n{passed}{tags}}}\noutput "out" {{\n  value = {self.random.choice(asked)}\n}}\n',
        }

    def repeated(self) -> dict[str, str]:
        """A chain of modules, each of which changes what it is passed."""
        depth = self.random.randint(2, 4)
        files: dict[str, str] = {}
        for level in range(depth):
            folder = "inner/" * level
            change = self.random.choice(
                ["var.x", '"${var.x}-1"', "upper(var.x)", 'coalesce(var.x, "none")', 'format("%s", var.x)']
            )
            last = level == depth - 1
            body = f'variable "x" {{\n  type = string\n  default = {quoted(self.random.choice(WORDS))}\n}}\n'
            if last:
                body += f'output "out" {{\n  value = {change}\n}}\n'
            else:
                body += (
                    f'module "m" {{\n  source = "./inner"\n  x = {change}\n}}\noutput "out" {{\n  value = module.m.out\n}}\n'
                )
            files[f"{folder}main.tf"] = body
        return files

    def resources(self) -> dict[str, str]:
        """Resources of the built-in provider with count or for_each, their arguments read back."""
        times, inputs, asked = self.random.choice(
            [
                ("", [quoted("x"), "{ a = [1, 2] }"], ["terraform_data.r.input"]),
                (
                    f"count = {self.random.choice(['0', '1', '3', 'length(local.list)', 'local.on ? 1 : 0'])}",
                    ['"m${count.index}"', "local.list[count.index % 2]"],
                    ["terraform_data.r[*].input", "try(terraform_data.r[0].input, null)", "length(terraform_data.r)"],
                ),
                (
                    "for_each = "
                    + self.random.choice(["local.map", "toset(local.list)", "{ for w in local.list : w => upper(w) }"]),
                    ["each.value", "each.key", '"${each.key}-${each.value}"'],
                    [
                        "{ for k, r in terraform_data.r : k => r.input }",
                        "values(terraform_data.r)[*].input",
                        "keys(terraform_data.r)",
                        "[for r in terraform_data.r : r.input]",
                    ],
                ),
            ]
        )
        return {
            "main.tf": 'locals {\n  list = ["b", "a"]\n  map = { dev = "nova", prod = "claude" }\n  on = '
            f'{self.random.choice(["true", "false"])}\n}}\nresource "terraform_data" "r" {{\n  {times}\n'
            f'  input = {self.random.choice(inputs)}\n}}\noutput "out" {{\n  value = {self.random.choice(asked)}\n}}\n'
        }

    def texts(self) -> dict[str, str]:
        """Heredocs, directives with and without trimming, and template files."""
        chance = self.random
        lines = []
        for _ in range(chance.randint(1, 5)):
            trim, end = chance.choice(["", "~"]), chance.choice(["", "~"])
            lines.append(
                chance.choice(
                    [
                        "plain text",
                        "  indented ${word}",
                        "$${kept} %%{kept}",
                        "",
                        "\ttab \\n ${upper(word)}",
                        f"%{{ if on {trim}}}\nyes ${{word}}\n%{{ else {end}}}\nno\n%{{ endif {trim}}}",
                        f"%{{ for w in list {trim}}}\n- ${{w}}\n%{{ endfor {end}}}",
                        f"a %{{ for i, w in list {trim}}} ${{i}}=${{w}} %{{ endfor {end}}} b",
                        '${jsonencode({ a = word, b = [1, "2"] })}',
                        "${~ word ~}",
                    ]
                )
            )
        body = "\n".join(lines)
        given = f'word = {quoted(chance.choice(WORDS))}, on = {chance.choice(["true", "false"])}, list = ["x", "y"]'
        if chance.random() < 0.5:
            return {
                "t.tpl": body + chance.choice(["", "\n"]),
                "main.tf": f'output "out" {{\n  value = templatefile("${{path.module}}/t.tpl", {{ {given} }})\n}}\n',
            }
        indent = chance.choice(["", "-"])
        names = given.replace(", on", "\n  on").replace(", list", "\n  list")
        text = re.sub(r"\b(word|on|list)\b(?= *[~}),])", r"local.\1", body)
        text = text.replace("in list", "in local.list").replace("if on", "if local.on").replace("a = word", "a = local.word")
        if indent:
            text = "\n".join(f"    {line}" for line in text.split("\n"))
        return {"main.tf": f'locals {{\n  {names}\n}}\noutput "out" {{\n  value = <<{indent}EOT\n{text}\n  EOT\n}}\n'}

    def collected(self) -> dict[str, str]:
        """Functions and `for` over collections of objects, as public configurations use them."""
        chance = self.random
        expression = chance.choice(
            [
                "{ for k, v in local.models : k => v.id if v.on }",
                "[for k, v in local.models : { name = k, id = try(v.id, null) }]",
                "{ for k, v in local.models : v.team => k... }",
                "merge([for k, v in local.models : { (v.id) = k }]...)",
                'flatten([for k, v in local.models : [for t in v.tags : "${k}/${t}"]])',
                "distinct(flatten(values(local.models)[*].tags))",
                'lookup(local.models, "dev", { id = "none" }).id',
                'try(local.models["stage"].id, local.models["dev"].id, "none")',
                "toset([for v in local.models : v.team])",
                'contains(keys(local.models), "prod") ? local.models["prod"].id : "none"',
                "zipmap(keys(local.models), [for v in local.models : v.id])",
                "element([for v in local.models : v.id], 5)",
                'one([for k, v in local.models : v.id if k == "dev"])',
                "yamldecode(yamlencode(local.models)).dev.id",
                "jsondecode(jsonencode(local.models)).prod",
                "coalesce(local.empty, local.none, local.models.dev.id)",
                "templatestring(local.template, { id = local.models.dev.id })",
                "transpose({ for k, v in local.models : k => v.tags })",
                "sum([for v in local.models : v.size])",
                "max([for v in local.models : v.size]...)",
                "slice(sort([for v in local.models : v.id]), 0, 1)",
                'regex("(?P<family>[a-z]+)[.-](?P<rest>.*)", local.models.dev.id)',
                'cidrsubnet("10.0.0.0/16", 8, local.models.dev.size)',
                "tostring(local.models.dev.size) == local.models.dev.size",
                '"true" == true || "1" != 1',
                "[local.models.dev.size] == [1]",
                "local.models.dev.tags == local.models.prod.tags",
                'sort([10, "9"])',
                "toset([10, 9, 9])",
                'replace(local.models.dev.id, "/[^a-z]+/", "_")',
                "pow(2, local.models.dev.size)",
                'signum(-3) + floor(2.7) + ceil(2.1) + parseint("ff", 16)',
                "log(8, 2)",
                'csvdecode("a,b\\n1,2\\n3,4\\n")[1].b',
                'index(keys(local.models), "prod")',
                "setproduct(keys(local.models), [true])",
                "length(local.models) > 1 && local.models.dev.on || !local.models.prod.on",
                '"${local.models.dev.size}" == local.models.dev.size',
                "local.models.dev == local.models.prod",
                'trimsuffix(base64decode(base64encode("x${local.models.dev.id}")), ":0")',
                'textdecodebase64(textencodebase64(local.models.dev.id, "UTF-16LE"), "UTF-16LE")',
                'timecmp("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")',
                "local.models[*].dev.id",
                'concat([local.models.dev.tags], [["z"]])[1]',
                "nonsensitive(sensitive(local.models.dev.id))",
                "can(local.models.stage.id) ? 1 : 0",
                'tomap({ a = 1, b = "2" })',
                'tolist([1, true, "x"])',
                '[1, "a", true]',
                "true ? { a = 1 } : { a = 2, b = 3 }",
                'values({ b = 1, a = "x" })',
                'split(",", join(",", local.models.dev.tags))',
                'format("%05.2f|%-6s|%q|%#v|%t|%x", 3.14159, "ab", "c", ["d"], true, 255)',
                'formatlist("%s-%s", ["a", "b"], "c")',
                "range(5, 0, -2)",
                "chunklist([1, 2, 3], 2)",
                'title("hello world-wide")',
                'indent(2, "a\\nb")',
                'chomp("a\\n\\n")',
                'strrev("añb")',
                'substr("héllo", 1, -1)',
                'urlencode("a b&c=d/é")',
                "sha256(local.models.dev.id)",
                'uuidv5("dns", "example.com")',
                '"a" < "b" ? 1 : 2' if chance.random() < 0.1 else "5 % 3 + 7 / 2",
                'try(tonumber("x"), tostring(true), 3)',
                "alltrue([for v in local.models : v.size > 0])",
                "keys({ for v in local.models : v.id => v... })",
                "[for v in local.models : v.id][0]",
                'setintersection(local.models.dev.tags, ["a"])',
                'matchkeys([for v in local.models : v.id], keys(local.models), ["prod"])',
                'compact([local.empty, "x", local.none])',
                "local.models.dev.tags.0",
            ]
        )
        models = ", ".join(
            f"{key} = {{ id = {quoted(chance.choice(WORDS[:2]) + key)}, on = {chance.choice(['true', 'false'])}, "
            f"team = {quoted(chance.choice(['x', 'y']))}, size = {chance.randint(0, 4)}, tags = {chance.choice(self.tags())} }}"
            for key in ("dev", "prod")
        )
        return {
            "main.tf": f'locals {{\n  models = {{ {models} }}\n  empty = ""\n  none = null\n  template = "<$${{id}}>"\n}}\n'
            f'output "out" {{\n  value = {expression}\n}}\n'
        }

    def tags(self) -> list[str]:
        return ['["a", "b"]', '["b", "c", "a"]', '["a"]']


def quoted(text: str) -> str:
    return json.dumps(text)


# -- running both


def run(folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    assert TERRAFORM is not None
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **(variables or {})}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    return subprocess.run([TERRAFORM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def written(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def refused(output: str) -> set[str]:
    """The files that terraform finds errors in."""
    found = set()
    for line in output.splitlines():
        if '"severity":"error"' in line or '"@level":"error"' in line:
            found.add(json.loads(line).get("diagnostic", {}).get("range", {}).get("filename", ""))
    return found


def planned(cases: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, object]:
    """Case -> value of its output, without the cases that terraform refuses."""
    kept = dict(cases)
    for _ in range(8):
        shutil.rmtree(folder, ignore_errors=True)
        written(bundle(kept), folder)
        done = run(folder, "init", "-input=false", "-no-color", "-json")
        if done.returncode == 0:
            done = run(folder, "plan", "-input=false", "-json", "-out=plan")
            if done.returncode == 0:
                shown = json.loads(run(folder, "show", "-json", "plan").stdout)
                outputs = shown["planned_values"]["outputs"]
                return {name: outputs[name]["value"] for name in kept if "value" in outputs.get(name, {})}
        wrong = {name.split("/")[0] for name in refused(done.stdout)} & kept.keys()
        assert wrong, done.stdout[-3000:]
        kept = {name: files for name, files in kept.items() if name not in wrong}
    raise AssertionError("terraform refuses case after case")


def bundle(cases: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    files = {f"{name}/{path}": text for name, case in cases.items() for path, text in case.items()}
    files["main.tf"] = "".join(
        f'module "{name}" {{\n  source = "./{name}"\n}}\noutput "{name}" {{\n  value = module.{name}.out\n}}\n'
        for name in cases
    )
    return files


def told(files: Mapping[str, str], arguments: Mapping[str, Attribute] | None = None) -> dict[str, object]:
    """Output -> value of the root, as our evaluator tells it."""
    project = project_of(files)
    evaluator = Evaluator(References(project, ()), Configuration())
    folder = project.folder(".")
    instance = Instance(folder, ".", scope=Scope(Instance(folder, ".")), arguments=arguments or {})
    return {
        name: plain(evaluator.evaluate(block.body.attributes["value"].expression, Scope(instance)))
        for name, block in folder.outputs.items()
    }


def project_of(files: Mapping[str, str]) -> Project:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return Project(tree, [path for path in tree.paths() if path.endswith((".tf", ".tfvars", ".tfvars.json"))])


def plain(value: Possible) -> object:
    if len(value) != 1:
        return f"{len(value)} POSSIBLE {[each.content for each in value]}"
    match value[0].content:
        case Items(items, None):
            return [plain(item) for item in items]
        case Record(pairs, None):
            return {key: plain(item) for key, item in pairs.items()}
        case Hole() | Template() | Items() | Record() as unknown:
            return f"UNKNOWN {unknown}"
        case scalar:
            return scalar


def differences(cases: Mapping[str, Mapping[str, str]], folder: Path) -> tuple[int, dict[str, tuple[object, ...]]]:
    """How many cases were compared, and those of which we say something else."""
    expected = planned(cases, folder)
    computed = told(bundle({name: cases[name] for name in expected}))
    wrong: dict[str, tuple[object, ...]] = {
        name: (cases[name], value, computed[name]) for name, value in expected.items() if not same(computed[name], value)
    }
    return len(expected), wrong


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(same(*pair) for pair in zip(ours, theirs, strict=True))
    if isinstance(ours, bool) or isinstance(theirs, bool) or ours is None or isinstance(ours, str):
        return type(ours) is type(theirs) and ours == theirs
    return isinstance(theirs, int | float) and ours == theirs


@pytest.mark.slow
@needs_terraform
@pytest.mark.parametrize("seed", range(12))
def test_terraform_plans_the_same_modules(seed: int, tmp_path: Path) -> None:
    maker = Maker(seed)
    compared, wrong = differences({f"c{number}": maker.case() for number in range(200)}, tmp_path / "root")
    assert compared > 170
    assert wrong == {}


@needs_terraform
def test_terraform_plans_the_same_module_of_each_kind(tmp_path: Path) -> None:
    maker = Maker(1)
    kinds = [maker.typed, maker.called, maker.repeated, maker.resources, maker.texts, maker.collected]
    compared, wrong = differences({f"c{number}": kind() for number, kind in enumerate(kinds * 3)}, tmp_path / "root")
    assert compared >= 14
    assert wrong == {}


# -- layers of variable values

LAYERS = ["environment", "terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "file", "option"]


def layered(maker: Maker, count: int) -> tuple[dict[str, str], dict[str, str]]:
    """The files of a root whose variables are set by several layers, and the environment that a script gives it."""
    chance = maker.random
    variables: list[str] = []
    texts: dict[str, list[str]] = {name: [] for name in LAYERS}
    documents: dict[str, dict[str, object]] = {name: {} for name in LAYERS if name.endswith(".json")}
    for number in range(count):
        name, kind = f"v{number}", maker.type(2)
        constraint = f"  type = {kind}\n" if chance.random() < 0.8 or kind.name not in ("string", "number", "bool") else ""
        default = f"  default = {maker.value(kind, constant=True)}\n" if chance.random() < 0.7 else ""
        nullable = chance.choice(["", "", "  nullable = false\n"])
        variables.append(
            f'variable "{name}" {{\n{constraint}{default}{nullable}}}\noutput "{name}" {{\n  value = var.{name}\n}}\n'
        )
        chosen = [layer for layer in LAYERS if chance.random() < 0.25]
        for layer in chosen or ([] if default else [chance.choice(LAYERS)]):
            value = maker.value(kind, constant=True)
            if layer in documents:
                documents[layer][name] = chance.choice([7, "seven", True]) if kind.name == "string" else json_value(maker, kind)
            elif layer in ("environment", "option"):
                # Texts are given as they are, everything else as an expression.
                is_text = not constraint or kind.name in ("string", "number", "bool")
                plain_text = value.strip('"').replace("'", "") if is_text else value
                texts[layer].append(
                    f"export TF_VAR_{name}='{plain_text}'" if layer == "environment" else f"-var '{name}={plain_text}'"
                )
            else:
                texts[layer].append(f"{name} = {value}")
    files = {"main.tf": "".join(variables)}
    for layer in LAYERS:
        if layer in documents:
            files[layer] = json.dumps(documents[layer])
        elif layer.endswith(".tfvars"):
            files[layer] = "\n".join(texts[layer]) + "\n"
    files["values/prod.tfvars"] = "\n".join(texts["file"]) + "\n"
    options = " \\\n  ".join(["-var-file=values/prod.tfvars", *texts["option"]])
    script = "\n".join([*texts["environment"], f"terraform plan -input=false -json -out=plan \\\n  {options}", ""])
    return files, {"deploy.sh": script}


def json_value(maker: Maker, kind: Type) -> object:
    match kind.name:
        case "string":
            return maker.random.choice(WORDS)
        case "number":
            return maker.random.randint(0, 9)
        case "bool":
            return maker.random.choice([True, False])
        case "list" | "set":
            assert kind.inner is not None
            return [json_value(maker, kind.inner) for _ in range(maker.random.randint(0, 2))]
        case "map":
            assert kind.inner is not None
            return {key: json_value(maker, kind.inner) for key in maker.random.sample(KEYS, 2)}
    return {name: json_value(maker, inner) for name, inner, default in kind.attributes if default is None}


def ours_of_layers(files: Mapping[str, str]) -> dict[str, object]:
    """Output -> value in the environment that the script's variable file names."""
    project = project_of(files)
    folder = project.folder(".")
    laid = layers.laid(project, folder, varfiles.for_root(project, folder), Deployments(project).of_root("."))
    (named,) = laid.named.values()
    assert named.evidence.environment == "prod"
    return told(files, {**laid.always, **named.attributes})


@pytest.mark.slow
@needs_terraform
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@pytest.mark.parametrize("seed", range(6))
def test_terraform_takes_the_same_layer_of_values(seed: int, tmp_path: Path) -> None:
    files, script = layered(Maker(seed), 150)
    written({**files, **script}, tmp_path)
    assert run(tmp_path, "init", "-input=false").returncode == 0
    done = subprocess.run(
        ["sh", "deploy.sh"],
        cwd=tmp_path,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    shown = json.loads(run(tmp_path, "show", "-json", "plan").stdout)
    expected = {name: output.get("value") for name, output in shown["planned_values"]["outputs"].items()}
    computed = ours_of_layers({**files, **script})
    wrong = {name: (value, computed[name]) for name, value in expected.items() if not same(computed[name], value)}
    assert wrong == {}
    assert len(expected) == 150
