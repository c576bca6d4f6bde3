"""Generated CloudFormation templates with the files they are deployed with, and an evaluator written after the reference."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

Json = str | int | None | list["Json"] | dict[str, "Json"]
Parameters = dict[str, str]

STAGES = ("dev", "test", "prod")
MODELS = (
    "amazon.nova-lite-v1:0",
    "amazon.nova-pro-v1:0",
    "us.amazon.nova-micro-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
)
WORDS = ("a", "B7", "x-y", "eu.", "v1", "claude", "0", *MODELS)
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "111122223333",
    "AWS::URLSuffix": "amazonaws.com",
}
CONDITIONS = 6
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")


@dataclass
class Generated:
    """A template and the parameter sets it is deployed with; `trusted` leaves out what moto does another way."""

    chance: random.Random
    trusted: bool
    conditional: bool = True
    parameters: dict[str, dict[str, Json]] = field(default_factory=dict)
    mappings: dict[str, Json] = field(default_factory=dict)
    conditions: dict[str, Json] = field(default_factory=dict)
    stored: dict[str, Json] = field(default_factory=dict)
    agents: dict[str, Json] = field(default_factory=dict)
    sets: dict[str, Parameters] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every condition stands, so that `Fn::If` may name one; a condition itself holds none."""
        return len(self.conditions) == CONDITIONS

    def make(self) -> dict[str, Json]:
        """Fill every section; the template as the service takes it."""
        pick = self.chance.choice
        self.parameters["Stage"] = {"Type": "String", "Default": "dev", "AllowedValues": list(STAGES)}
        for name in ("T1", "T2", "T3"):
            self.parameters[name] = {"Type": "String", "Default": pick(WORDS)}
        offered = {"Asked": self.chance.sample(WORDS, 3), "Other": self.chance.sample(WORDS, 2)}
        for name, words in offered.items():
            self.parameters[name] = {"Type": "String", "AllowedValues": [*words]}
        self.parameters["Count"] = {"Type": "Number", "Default": self.chance.randrange(3)}
        self.parameters["Several"] = {"Type": "CommaDelimitedList", "Default": "p, q,r"}
        for stage in STAGES:
            passed = {"Stage": stage, "Count": str(self.chance.randrange(3))}
            passed |= {name: pick(words) for name, words in offered.items()}
            passed |= {name: pick(WORDS) for name in ("T1", "T2") if self.chance.random() < 0.6}
            if self.trusted or self.chance.random() < 0.5:
                passed["Several"] = ",".join(self.chance.choices(WORDS, k=3))
            self.sets[stage] = passed
        rows: dict[str, Json] = {key: {"Model": pick(WORDS), "List": [pick(WORDS), pick(WORDS)]} for key in STAGES}
        self.mappings = {"ByStage": rows, "ByWord": {word: {key: pick(WORDS) for key in STAGES} for word in ("m", "n")}}
        for number in range(CONDITIONS if self.conditional else 0):
            self.conditions[f"C{number}"] = self._condition(2)
        for number in range(3):
            value = self.text(2) if self.stored else self.chance.choice(WORDS)
            body: Json = {"Name": f"p{number}", "Type": "String", "Value": value}
            self.stored[f"P{number}"] = {"Type": "AWS::SSM::Parameter", "Properties": body}
        for number in range(40):
            agent: dict[str, Json] = {"Type": "AWS::Bedrock::Agent", "Properties": {"FoundationModel": self.text(3)}}
            if self.conditions and self.chance.random() < 0.1:
                agent["Condition"] = pick(list(self.conditions))
            self.agents[f"A{number}"] = agent
        return {
            "Parameters": dict(self.parameters),
            "Mappings": self.mappings,
            "Conditions": self.conditions,
            "Resources": {**self.stored, **self.agents},
        }

    def offers(self) -> list[Parameters]:
        """Every combination of allowed values."""
        allowed = {name: body["AllowedValues"] for name, body in self.parameters.items() if "AllowedValues" in body}
        pairs = [[(name, str(each)) for each in values] for name, values in allowed.items() if isinstance(values, list)]
        return [dict(passed) for passed in itertools.product(*pairs)]

    def _condition(self, depth: int) -> Json:
        kinds = ["Equals"] * 2 + (["And", "Or", "Not", "Named"] if depth else [])
        match self.chance.choice(kinds):
            case "Equals":
                left: Json = (
                    self.text(1) if self.chance.random() < 0.4 else {"Ref": self.chance.choice(["Stage", "T1", "Asked"])}
                )
                if not self.trusted and self.chance.random() < 0.2:
                    return {"Fn::Equals": [{"Ref": "Count"}, self.chance.choice(["0", 1, "2"])]}
                return {"Fn::Equals": [left, self.chance.choice([*STAGES, *WORDS])]}
            case "Not":
                return {"Fn::Not": [self._condition(depth - 1)]}
            case "Named" if self.conditions:
                return {"Fn::Not": [{"Condition": self.chance.choice(list(self.conditions))}]}
            case kind:
                name = "Fn::Or" if kind == "Or" else "Fn::And"
                parts = [self._condition(depth - 1) for _ in range(self.chance.randint(2, 3))]
                if self.conditions and self.chance.random() < 0.5:
                    parts.append({"Condition": self.chance.choice(list(self.conditions))})
                return {name: parts}

    def text(self, depth: int) -> Json:
        """An expression for a text."""
        pick = self.chance.choice
        leaves: list[Callable[[], Json]] = [
            lambda: pick(WORDS),
            lambda: {"Ref": pick(["T1", "T2", "T3", "Asked", "Other", "Stage", "Count"])},
            lambda: {"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, "Model"]},
            lambda: {"Fn::FindInMap": ["ByWord", pick(["m", "n"]), {"Ref": "Stage"}]},
        ]
        if depth == 0:
            return pick(leaves)()
        deeper: list[Callable[[], Json]] = [
            lambda: {"Fn::Join": [pick(["-", "", ".", "#"]), self.texts(depth - 1)]},
            lambda: {"Fn::Select": [self._index(), self.texts(depth - 1)]},
            lambda: {"Fn::Sub": self._written(depth)},
            lambda: {"Fn::Sub": [self._written(depth) + "${V}/${T1}", {"V": self.text(depth - 1), "T1": self.text(depth - 1)}]},
        ]
        if self.chance.random() < 0.2:
            deeper.append(lambda: {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/" + pick(MODELS)})
        if self.complete:
            deeper.append(lambda: {"Fn::If": [pick(list(self.conditions)), self.text(depth - 1), self.text(depth - 1)]})
        if self.complete and self.stored and not self.trusted:
            deeper.append(lambda: {"Fn::GetAtt": [pick(list(self.stored)), "Value"]})
        if not self.trusted:
            missing: Json = {"DefaultValue": self.text(0)}
            deeper.append(lambda: {"Fn::FindInMap": ["ByStage", pick([*STAGES, "none"]), "Model", missing]})
        return pick([*leaves, *deeper, *deeper])()

    def _written(self, depth: int) -> str:
        parts = [self.chance.choice(["x", "-", "${T1}", "${T2}", "${Asked}", "${Other}", "${Stage}", "${Count}"])]
        # moto fills in `${Kept}` again where the text is put into another.
        parts += ["${!Kept}"] if not self.trusted and self.chance.random() < 0.1 else []
        parts += self.chance.choices(["y", "${T3}", ".", *MODELS], k=depth)
        if self.complete and self.stored and not self.trusted:
            parts.append(f"${{{self.chance.choice(list(self.stored))}.Value}}")
        return "".join(parts)

    def _index(self) -> Json:
        if self.trusted or self.chance.random() < 0.6:
            return self.chance.randrange(2)
        return {"Fn::If": [self.chance.choice(list(self.conditions)), "0", "1"]} if self.complete else {"Ref": "Count"}

    def texts(self, depth: int) -> Json:
        """An expression for a list of at least three texts where `trusted` is not set, of two else."""
        pick = self.chance.choice
        literal: list[Json] = [self.text(depth) for _ in range(3)]
        kinds: list[Callable[[], Json]] = [
            lambda: literal,
            lambda: {"Ref": "Several"},
            lambda: {"Fn::Split": ["#", {"Fn::Join": ["#", literal]}]},
            lambda: {"Fn::Split": ["|", {"Fn::Sub": "${T1}|u${Stage}|${T2}"}]},
        ]
        if self.complete:
            kinds.append(lambda: {"Fn::If": [pick(list(self.conditions)), literal, {"Ref": "Several"}]})
        if self.trusted:
            kinds.append(lambda: {"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, "List"]})
        elif self.complete:
            absent: Json = {"Fn::If": [pick(list(self.conditions)), {"Ref": "AWS::NoValue"}, self.text(0)]}
            kinds.append(lambda: [absent, *literal])
        return pick(kinds)()


@dataclass(frozen=True)
class Reference:
    """The functions as the CloudFormation reference describes them, for one parameter set; the values are plain."""

    template: dict[str, Json]
    passed: Parameters

    def value(self, node: Json) -> Json:
        """A text, a list, or None for `AWS::NoValue`."""
        if isinstance(node, list):
            return [value for each in node if (value := self.value(each)) is not None]
        if not isinstance(node, dict):
            return node if node is None else str(node)
        ((name, argument),) = node.items()
        items = argument if isinstance(argument, list) else [argument]
        match name:
            case "Ref":
                return self.named(str(argument))
            case "Fn::GetAtt":
                return self.value(at(self.template, "Resources", str(items[0]), "Properties", str(items[1])))
            case "Fn::FindInMap":
                row = at(self.template, "Mappings", *map(str, map(self.value, items[:2])))
                found = row.get(str(self.value(items[2]))) if isinstance(row, dict) else None
                return self.value(at(items[3], "DefaultValue") if found is None else found)
            case "Fn::If":
                return self.value(items[1] if self.holds({"Condition": items[0]}) else items[2])
            case "Fn::Join":
                return str(items[0]).join(map(str, self.listed(items[1])))
            case "Fn::Select":
                return self.listed(items[1])[int(str(self.value(items[0])))]
            case "Fn::Split":
                return [*str(self.value(items[1])).split(str(items[0]))]
        own = items[1] if len(items) == 2 else {}
        return _PLACEHOLDER.sub(lambda match: self._filled(match[1], match[2], own), str(items[0]))

    def _filled(self, mark: str, name: str, own: Json) -> str:
        if mark:
            return f"${{{name}}}"
        if isinstance(own, dict) and name in own:
            return str(self.value(own[name]))
        return str(self.value({"Fn::GetAtt": [*name.split(".")]} if "." in name else {"Ref": name}))

    def named(self, name: str) -> Json:
        """What a parameter or pseudo parameter comes to."""
        if name.startswith("AWS::"):
            return PSEUDO.get(name)
        text = self.passed.get(name, str(at(self.template, "Parameters", name, "Default")))
        is_list = at(self.template, "Parameters", name, "Type") == "CommaDelimitedList"
        return [each.strip() for each in text.split(",")] if is_list else text

    def listed(self, node: Json) -> list[Json]:
        """What a list comes to."""
        value = self.value(node)
        assert isinstance(value, list)
        return value

    def holds(self, node: Json) -> bool:
        """Whether a condition holds."""
        assert isinstance(node, dict)
        ((name, argument),) = node.items()
        if name == "Condition":
            return self.holds(at(self.template, "Conditions", str(argument)))
        assert isinstance(argument, list)
        match name:
            case "Fn::Equals":
                return self.value(argument[0]) == self.value(argument[1])
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::And":
                return all(self.holds(each) for each in argument)
        return any(self.holds(each) for each in argument)


def at(node: Json, *steps: str) -> Json:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def short(node: Json) -> str:
    """A node in YAML's flow style with short tags."""
    match node:
        case dict() if len(node) == 1 and (name := next(iter(node))).startswith(("Fn::", "Ref", "Condition")):
            argument = node[name]
            if name == "Fn::GetAtt" and isinstance(argument, list):
                return f"!GetAtt {argument[0]}.{argument[1]}"
            return f"!{name.removeprefix('Fn::')} {short(argument)}"
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {short(value)}" for key, value in node.items()) + "}"
        case list():
            return "[" + ", ".join(map(short, node)) + "]"
        case _:
            return json.dumps(node)


def written(name: str, passed: Parameters, shape: int) -> tuple[str, str]:
    """A file that says what is passed, in one of the shapes that the tools of AWS take."""
    pairs: Json = [{"ParameterKey": key, "ParameterValue": value} for key, value in passed.items()]
    bodies: tuple[Json, ...] = (pairs, {"Parameters": dict(passed.items())}, {"Parameters": pairs}, dict(passed.items()))
    return f"params-{name}.json", json.dumps(bodies[shape])


def samconfig(template: str, sets: dict[str, Parameters]) -> str:
    """A samconfig file with a table per parameter set; the template is deployed to one region."""
    lines = ["version = 0.1"]
    for name, passed in sets.items():
        overrides = " ".join(f"{key}={json.dumps(value)}" for key, value in passed.items())
        lines += [f"[{name}.deploy.parameters]", f'template_file = "{template}"', f'region = "{PSEUDO["AWS::Region"]}"']
        lines += [f"parameter_overrides = {json.dumps(overrides)}"]
    return "\n".join(lines)
