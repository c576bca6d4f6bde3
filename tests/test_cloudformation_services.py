"""Services of the Serverless Framework: generated variables come to what the framework's reference makes of them."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from routelint import catalog, surfaces
from routelint.parse.cloudformation import parse
from routelint.parse.cloudformation.placeholders import Variable, alternatives, pieces
from routelint.parse.parsed import ParseContext
from routelint.source import MemoryTree, SourceUnit

KNOWS = catalog.load().knows
ROWS = surfaces.load("cloudformation")
STAGES = ("dev", "qa", "prod")
MODELS = (
    "amazon.nova-lite-v1:0",
    "amazon.nova-pro-v1:0",
    "us.amazon.nova-micro-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("${self:custom.a}", [Variable("self:custom.a")]),
        ("x${opt:stage, 'dev'}y", ["x", Variable("opt:stage, 'dev'"), "y"]),
        ("${self:a.${sls:stage}}", [Variable("self:a.${sls:stage}")]),
        ("${AWS::Region}-${Name}", ["${AWS::Region}-${Name}"]),
        ("${file(a.yml):b}${env:C}", [Variable("file(a.yml):b"), Variable("env:C")]),
        ("${self:open", ["${self:open"]),
        ("${ssm(eu-west-1):/a}", [Variable("ssm(eu-west-1):/a")]),
    ],
)
def test_pieces(text: str, expected: list[str | Variable]) -> None:
    assert list(pieces(text)) == expected


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("self:a", ["self:a"]),
        ("opt:stage, 'dev'", ["opt:stage", "'dev'"]),
        ("env:A, self:b.${opt:c, 'd'}, 'e,f'", ["env:A", "self:b.${opt:c, 'd'}", "'e,f'"]),
        ("file(a, b.yml):c", ["file(a, b.yml):c"]),
    ],
)
def test_alternatives(variable: str, expected: list[str]) -> None:
    assert alternatives(variable) == expected


@dataclass
class Service:
    """A service with what its variables come to in each stage; `files` are those it reads."""

    chance: random.Random
    custom: dict[str, object] = field(default_factory=dict)
    shared: dict[str, object] = field(default_factory=dict)
    count: int = 0

    def text(self, depth: int) -> tuple[str, dict[str, str]]:
        """A text with variables, and what it comes to in each stage."""
        literal = self.chance.choice(MODELS)
        same = dict.fromkeys(STAGES, literal)
        if depth == 0:
            return literal, same
        inner, value = self.text(depth - 1)
        self.count += 1
        name = f"k{self.count}"
        match self.chance.randrange(9):
            case 0:
                self.custom[name] = inner
                return f"${{self:custom.{name}}}", value
            case 1:
                others = {stage: self.text(depth - 1) for stage in STAGES}
                self.custom[name] = {stage: other[0] for stage, other in others.items()}
                stage = self.chance.choice(["opt:stage, 'dev'", "sls:stage", "self:provider.stage", "self:custom.stage"])
                return f"${{self:custom.{name}.${{{stage}}}}}", {stage: others[stage][1][stage] for stage in STAGES}
            case 2:
                self.shared[name] = {"value": inner}
                return f"${{file(config/shared.yml):{name}.value}}", value
            case 3:
                return f"${{env:NOT_SET, '{literal}'}}", same
            case 4:
                self.custom[name] = inner
                return f"${{opt:model, self:custom.lost, self:custom.{name}, '{literal}'}}", value
            case 5:
                self.custom[name] = [literal, inner]
                return f"${{self:custom.{name}.1}}", value
            case 6:
                self.custom[name] = inner
                return f"${{self:custom.not-{name}, self:custom.{name}}}", value
            case 7:
                self.custom[name] = {"in": "${file(config/shared.yml)}"}
                self.shared[name] = inner
                return f"${{self:custom.{name}.in.{name}}}", value
            case _:
                return f"x-{inner}", {stage: f"x-{each}" for stage, each in value.items()}


@pytest.mark.parametrize("seed", range(12))
def test_variables_come_to_what_the_reference_says(seed: int) -> None:
    service = Service(random.Random(seed))
    expected = {}
    agents: dict[str, object] = {}
    for number in range(30):
        text, expected[f"A{number}"] = service.text(3)
        agents[f"A{number}"] = {"Type": "AWS::Bedrock::Agent", "Properties": {"FoundationModel": text}}
    root = {
        "service": "generated",
        "provider": {"name": "aws", "stage": "${opt:stage, 'dev'}"},
        "params": {stage: {"set": stage} for stage in STAGES},
        "custom": {"stage": "${self:provider.stage}", **service.custom},
        "resources": {"Resources": agents},
    }
    files = {"serverless.yml": json.dumps(root).encode(), "config/shared.yml": json.dumps(service.shared).encode()}
    unit = SourceUnit("cloudformation", ("serverless.yml",), ("serverless.yml",))
    counts: Counter[str] = Counter()
    for route in parse(unit, ParseContext(MemoryTree(files), ROWS, KNOWS)).references:
        assert route.unknown is None, route
        for stage in STAGES:
            taken = {each.model.text for each in route.choices if not each.environments or stage in each.environments}
            assert taken == {expected[route.location.symbol.split("/")[0]][stage]}, route.location.symbol
            counts[stage] += 1
    assert counts == dict.fromkeys(STAGES, len(agents))
