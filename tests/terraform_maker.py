"""Makes random types, values and modules of Terraform: what differential tests hold against other programs."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass

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
