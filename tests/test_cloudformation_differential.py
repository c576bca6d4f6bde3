"""Generated templates under several parameter sets: what routelint makes of them, and moto, and the CloudFormation reference.

moto resolves most functions as the service does; where it does not (lists given by default, `AWS::NoValue` in a list,
computed indices, numbers in conditions, the value of an SSM parameter), the evaluator of `cloudformation_templates`, written
after the reference, decides alone.
"""

from __future__ import annotations

import importlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from cloudformation_templates import PSEUDO, STAGES, Generated, Json, Parameters, Reference, at, samconfig, short, written
from routelint import catalog, model_id, surfaces
from routelint.model import ModelReference
from routelint.parse.cloudformation import parse
from routelint.parse.parsed import ParseContext
from routelint.source import MemoryTree, SourceUnit

KNOWS = catalog.load().knows
ROWS = surfaces.load("cloudformation")
# The shapes of what says the parameters: four of JSON files, and samconfig, which says the region too.
SHAPES = 5
SAM = 4


def agents(template: str, name: str, sets: dict[str, Parameters], shape: int) -> dict[str, ModelReference]:
    """Agent -> its route, in a scan of the template beside its parameter files."""
    files = {name: template.encode()}
    if shape == SAM:
        files["samconfig.toml"] = samconfig(name, sets).encode()
    else:
        files |= {path: text.encode() for path, text in (written(*each, shape) for each in sets.items())}
    unit = SourceUnit("cloudformation", tuple(files), (name,))
    found = parse(unit, ParseContext(MemoryTree(files), ROWS, KNOWS)).references
    return {each.location.symbol.split("/")[0]: each for each in found if each.sink == "AWS::Bedrock::Agent.FoundationModel"}


def identifier(text: str) -> str:
    """What reaches Bedrock of a text."""
    model = model_id.read(text)
    return model.id if model is not None else text


def outcomes(generated: Generated, template: dict[str, Json]) -> Iterator[tuple[str, str, str, ModelReference | None]]:
    """Agent, stage, what the reference makes of it, and our route; from scans of one set alone and of all together."""
    chance = generated.chance
    is_json = chance.random() < 0.5
    text = json.dumps(template) if is_json else short(template)
    path = "template.json" if is_json else "template.yaml"
    together = agents(text, path, generated.sets, chance.randrange(SHAPES))
    for stage, passed in generated.sets.items():
        reference = Reference(template, passed)
        alone = agents(text, path, {stage: passed}, chance.randrange(SHAPES))
        for name, body in generated.agents.items():
            condition = at(body, "Condition")
            if condition is not None and not reference.holds({"Condition": condition}):
                continue
            expected = str(reference.value(at(body, "Properties", "FoundationModel")))
            yield name, stage, expected, alone.get(name)
            yield name, stage, expected, together.get(name)


Resolver = Callable[[dict[str, Json], Parameters], Callable[[Json], Json]]


def differences(trusted: bool, seeds: range, moto: Resolver | None) -> Counter[str]:
    """How many outcomes are the same, and how many unknown for each reason; fails at the first that is another."""
    counts: Counter[str] = Counter()
    for seed in seeds:
        generated = Generated(random.Random(seed), trusted)
        template = generated.make()
        resolvers = {stage: moto(template, passed) for stage, passed in generated.sets.items()} if moto is not None else {}
        for name, stage, expected, route in outcomes(generated, template):
            case = (seed, name, stage, expression := at(generated.agents[name], "Properties", "FoundationModel"))
            if stage in resolvers:
                assert str(resolvers[stage](expression)) == expected, case
            assert route is not None, case
            if route.unknown is not None:
                counts[route.unknown.reason] += 1
                continue
            taken = {each.model.id for each in route.choices if not each.environments or stage in each.environments}
            assert taken == {identifier(expected)}, case
            counts["same"] += 1
    return counts


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_moto_comes_to_the_same() -> None:
    parsing = pytest.importorskip("moto.cloudformation.parsing")
    account = iter(range(10**11, 10**12))

    def moto(template: dict[str, Json], passed: Parameters) -> Callable[[Json], Json]:
        # Numbers of JSON stay numbers in moto, and lists given by default stay texts; every set passes those.
        resources = parsing.ResourceMap("id", "stack", passed, {}, PSEUDO["AWS::Region"], str(next(account)), template, {})
        resources.load()
        return lambda expression: parsing.clean_json(expression, resources)

    counts = differences(True, range(25), moto)
    assert counts["same"] >= 4_500
    assert counts.total() - counts["same"] < 0.05 * counts.total(), counts


def test_the_reference_comes_to_the_same() -> None:
    counts = differences(False, range(30), None)
    assert counts["same"] >= 5_500
    assert counts.total() - counts["same"] < 0.05 * counts.total(), counts


def test_allowed_values_are_taken_together() -> None:
    counts: Counter[str] = Counter()
    for seed in range(30):
        generated = Generated(random.Random(seed), trusted=False)
        template = generated.make()
        routes = agents(short(template), "template.yaml", {}, 0)
        references = [Reference(template, passed) for passed in generated.offers()]
        for name, body in generated.agents.items():
            condition, expression = at(body, "Condition"), at(body, "Properties", "FoundationModel")
            live = [each for each in references if condition is None or each.holds({"Condition": condition})]
            if (route := routes[name]).unknown is not None or not live:
                counts["unknown" if live else "never"] += len(STAGES)
                continue
            for stage in STAGES:
                taken = {each.model.id for each in route.choices if not each.environments or stage in each.environments}
                expected = {identifier(str(each.value(expression))) for each in live if each.passed["Stage"] == stage}
                assert taken == expected, (seed, name, stage, expression)
                counts["several" if len(expected) > 1 else "one"] += 1
    assert counts["several"] >= 500
    assert counts["unknown"] < 0.05 * counts.total(), counts


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_cfn_lint_finds_the_same_alternatives() -> None:
    templates, contexts, validators = (
        importlib.import_module(f"cfnlint.{name}") for name in ("template", "context", "jsonschema")
    )
    counts: Counter[str] = Counter()
    for seed in range(40):
        generated = Generated(random.Random(seed), trusted=True, conditional=False)
        template = generated.make()
        routes = agents(json.dumps(template), "template.json", {}, 0)
        decoded = templates.Template("template.json", template, regions=[PSEUDO["AWS::Region"]])
        context = contexts.create_context_for_template(decoded)
        validator = validators.CfnTemplateValidator(schema={}, context=context, cfn=decoded)
        for name, body in generated.agents.items():
            expression = at(body, "Properties", "FoundationModel")
            found = {identifier(str(value)) for value, _, error in validator.resolve_value(expression) if error is None}
            route = routes[name]
            if route.unknown is not None or not found:
                counts["unknown" if found else "nothing"] += 1
                continue
            ours = {each.model.id for each in route.choices}
            exact = {identifier(str(Reference(template, passed).value(expression))) for passed in generated.offers()}
            assert ours == exact, (seed, name, expression)
            # cfn-lint forgets in places which value of a parameter it has taken, and then finds combinations that cannot be.
            counts["same" if ours == found else "more" if ours < found else "other"] += 1
    assert counts["same"] >= 1_400, counts
    assert counts["other"] < 0.01 * counts.total(), counts
