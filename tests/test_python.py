# ruff: noqa: E501  (the rows of a table stay on one line)
"""The Python parser: golden folders, one value form per row, and what must hold for any input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import golden as harness
from routelint import catalog, surfaces
from routelint.model import Hop, Kind, Location, ModelReference
from routelint.parse import python
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, ParseContext, Parsed
from routelint.possible import known
from routelint.source import MemoryTree, SourceUnit

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
OPUS = "us.anthropic.claude-opus-4-1-20250805-v1:0"
NOVA = "amazon.nova-lite-v1:0"


def parse(files: Mapping[str, str | bytes], *environment: EnvironmentSetting) -> Parsed:
    tree = MemoryTree({path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()})
    paths = tuple(path for path in tree.paths() if path.endswith((".py", ".ipynb")))
    facts = catalog.load()
    context = ParseContext(tree, surfaces.load("python"), facts.knows, EnvironmentSettings(environment), facts.cdk)
    return python.parse(SourceUnit("python", paths, paths), context)


def ids(reference: ModelReference) -> list[str]:
    return [choice.model.id for choice in reference.choices]


def invoked(body: str, **files: str) -> tuple[list[str], str | None]:
    """The models, and the gap, of the one `converse` call of a module."""
    head = "import os, boto3\nclient = boto3.client('bedrock-runtime')\n"
    parsed = parse({"app.py": head + body, **{f"{name}.py": text for name, text in files.items()}})
    assert parsed.errors == ()
    (reference,) = [each for each in parsed.references if each.kind is Kind.INVOKE]
    return ids(reference), reference.unknown.reason if reference.unknown else None


@pytest.mark.parametrize("folder", harness.cases("python"), ids=lambda folder: folder.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", harness.render(parse(harness.tree(folder).files)))


FORMS = {
    "a literal": ("client.converse(modelId='{haiku}')", ["{haiku}"]),
    "a constant": ("MODEL = '{haiku}'\nclient.converse(modelId=MODEL)", ["{haiku}"]),
    "the last of two assignments": ("m = '{opus}'\nm = '{haiku}'\nclient.converse(modelId=m)", ["{haiku}"]),
    "tuple unpacking": ("a, m = 1, '{haiku}'\nclient.converse(modelId=m)", ["{haiku}"]),
    "an augmented text": ("m = 'anthropic.'\nm += 'claude-3-haiku-20240307-v1:0'\nclient.converse(modelId=m)", ["{haiku}"]),
    "an f-string": ("r = 'us'\nclient.converse(modelId=f'{{r}}.{nova}')", ["us.{nova}"]),
    "str.format": ("client.converse(modelId='us.{{}}'.format('{nova}'))", ["us.{nova}"]),
    "percent": ("client.converse(modelId='us.%s' % '{nova}')", ["us.{nova}"]),
    "both branches of an unknown test": ("m = '{haiku}' if flag() else '{opus}'\nclient.converse(modelId=m)", ["{haiku}", "{opus}"]),
    "the taken branch of a known test": ("P = False\nm = '{haiku}' if P else '{opus}'\nclient.converse(modelId=m)", ["{opus}"]),
    "or on an empty text": ("m = '' or '{haiku}'\nclient.converse(modelId=m)", ["{haiku}"]),
    "an if statement": ("m = '{haiku}'\nif big():\n    m = '{opus}'\nclient.converse(modelId=m)", ["{opus}", "{haiku}"]),
    "a branch that leaves": ("def f(m=None):\n    if m is None:\n        m = '{haiku}'\n    client.converse(modelId=m)\nf()", ["{haiku}"]),
    "a name narrowed by a comparison": ("def f(m):\n    if m == '{haiku}':\n        client.converse(modelId=m)", ["{haiku}"]),
    "a dict lookup": ("M = {{'a': '{haiku}', 'b': '{opus}'}}\nclient.converse(modelId=M['b'])", ["{opus}"]),
    "a lookup by an unknown key": ("M = {{'a': '{haiku}', 'b': '{opus}'}}\nclient.converse(modelId=M[k()])", ["{haiku}", "{opus}"]),
    "get with a default": ("M = {{'a': '{haiku}'}}\nclient.converse(modelId=M.get('z', '{opus}'))", ["{opus}"]),
    "a splat": ("kw = {{'modelId': '{haiku}'}}\nclient.converse(**kw)", ["{haiku}"]),
    "a later update of a splat": ("kw = {{'modelId': '{haiku}'}}\nkw.update(modelId='{opus}')\nclient.converse(**kw)", ["{opus}"]),
    "a merged dict": ("b = {{'modelId': '{haiku}'}}\nclient.converse(**{{**b, 'modelId': '{opus}'}})", ["{opus}"]),
    "the dict operator": ("b = {{'modelId': '{haiku}'}}\nclient.converse(**(b | {{'modelId': '{opus}'}}))", ["{opus}"]),
    "setdefault": ("kw = {{}}\nkw.setdefault('modelId', '{haiku}')\nclient.converse(**kw)", ["{haiku}"]),
    "an enum member": ("from enum import Enum\nclass M(Enum):\n    A = '{haiku}'\nclient.converse(modelId=M.A.value)", ["{haiku}"]),
    "a class attribute": ("class C:\n    M = '{haiku}'\nclient.converse(modelId=C.M)", ["{haiku}"]),
    "a dataclass default": (
        "from dataclasses import dataclass\n@dataclass\nclass C:\n    m: str = '{haiku}'\nclient.converse(modelId=C().m)", ["{haiku}"]),
    "a dataclass argument": (
        "from dataclasses import dataclass\n@dataclass\nclass C:\n    m: str = '{haiku}'\nclient.converse(modelId=C('{opus}').m)", ["{opus}"]),
    "self, from the constructor's callers": (
        "class W:\n    def __init__(self, m='{haiku}'):\n        self.m = m\n    def go(self):\n        client.converse(modelId=self.m)\n"
        "W().go()\nW('{opus}').go()", ["{opus}", "{haiku}"]),
    "a passed value beats the default": ("def f(m='{haiku}'):\n    client.converse(modelId=m)\nf('{opus}')", ["{opus}"]),
    "a default some caller leaves": ("def f(m='{haiku}'):\n    client.converse(modelId=m)\nf('{opus}')\nf()", ["{opus}", "{haiku}"]),
    "a thread": ("from threading import Thread\ndef f(m):\n    client.converse(modelId=m)\nThread(target=f, args=('{haiku}',))", ["{haiku}"]),
    "a return value": ("def pick():\n    return '{haiku}'\nclient.converse(modelId=pick())", ["{haiku}"]),
    "a return value by argument": (
        "def pick(n):\n    if n == 'a':\n        return '{haiku}'\n    return '{opus}'\nclient.converse(modelId=pick('a'))", ["{haiku}"]),
    "each item of a loop": ("for m in ['{haiku}', '{opus}']:\n    client.converse(modelId=m)", ["{haiku}", "{opus}"]),
    "an environment default": ("client.converse(modelId=os.getenv('M', '{haiku}'))", ["{haiku}"]),
    "an argparse default": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--model-id', default='{haiku}')\na = p.parse_args()\n"
        "client.converse(modelId=a.model_id)", ["{haiku}"]),
    "a click default": (
        "import click\n@click.command()\n@click.option('--model', default='{haiku}')\ndef main(model):\n    client.converse(modelId=model)", ["{haiku}"]),
    "settings of pydantic": (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    m: str = '{haiku}'\nclient.converse(modelId=S().m)", ["{haiku}"]),
    "an entry set in a nested dict": ("d = {{'a': {{}}}}\nd['a']['m'] = '{haiku}'\nclient.converse(modelId=d['a']['m'])", ["{haiku}"]),
    "an import that may fail": (
        "try:\n    from config import M\nexcept ImportError:\n    M = '{haiku}'\nclient.converse(modelId=M)", ["{haiku}"]),
    "a match statement": (
        "def f(n):\n    match n:\n        case 'a':\n            m = '{haiku}'\n        case _:\n            m = '{opus}'\n"
        "    client.converse(modelId=m)", ["{haiku}", "{opus}"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_value_forms(name: str) -> None:
    body, wanted = FORMS[name]
    names = {"haiku": HAIKU, "opus": OPUS, "nova": NOVA}
    models, _ = invoked(body.format(**names))
    assert models == [each.format(**names) for each in wanted]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("client.converse(modelId=os.environ['M'])", "environment variable M is read without a default"),
        ("def f(event):\n    client.converse(modelId=event['m'])", "parameter event of f() has no default and no call"),
        ("client.converse(modelId='<MODEL_ID>')", "'<MODEL_ID>' is a placeholder"),
        ("M = {str(i): f'm{i}' for i in size()}\nclient.converse(modelId=M['3'])", "an entry is set under the key str(i)"),
        ("def f(m):\n    f(m)\n    client.converse(modelId=m)", "depends only on itself"),
    ],
    ids=["an unset variable", "an event", "a placeholder", "a built dict", "a recursion"],
)
def test_unknown_says_why(body: str, reason: str) -> None:
    models, why = invoked(body)
    assert models == []
    assert why is not None
    assert reason in why


def test_a_catalog_picked_from_at_run_time_is_unknown() -> None:
    entries = ", ".join(f"'k{n}': 'anthropic.claude-{n}'" for n in range(9))
    models, why = invoked(f"M = {{{entries}}}\ndef f(k):\n    client.converse(modelId=M[k])")
    assert models == []
    assert why == "one of the 9 entries of M is picked while the code runs"


def test_imports_across_packages() -> None:
    parsed = parse(
        {
            "src/shop/__init__.py": "from .models import *\n",
            "src/shop/models.py": f"MODEL = '{HAIKU}'\n",
            "src/shop/llm.py": "from shop import MODEL as M\nimport boto3\nboto3.client('bedrock-runtime').converse(modelId=M)\n",
        }
    )
    (reference,) = [each for each in parsed.references if each.kind is Kind.INVOKE]
    assert ids(reference) == [HAIKU]
    assert reference.choices[0].trail[-1].location.path == "src/shop/models.py"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.yaml", f"bedrock:\n  model: {HAIKU}\n"),
        ("config.json", json.dumps({"bedrock": {"model": HAIKU}})),
        ("config.toml", f"[bedrock]\nmodel = '{HAIKU}'\n"),
    ],
)
def test_configuration_files(name: str, text: str) -> None:
    kind = name.rpartition(".")[2]
    call = {"yaml": "yaml.safe_load(f)", "json": "json.load(f)", "toml": "tomllib.load(f)"}[kind]
    code = (
        "import boto3, json, yaml, tomllib\nfrom pathlib import Path\n"
        f"with open(Path(__file__).parent / '{name}') as f:\n    cfg = {call}\n"
        "boto3.client('bedrock-runtime').converse(modelId=cfg['bedrock']['model'])\n"
    )
    parsed = parse({"app/main.py": code, f"app/{name}": text})
    (reference,) = parsed.references
    assert ids(reference) == [HAIKU]
    assert reference.choices[0].trail[-1].location.path == f"app/{name}"


def test_infrastructure_replaces_the_default_and_each_owner_has_its_route() -> None:
    code = f"import os, boto3\nM = os.environ.get('M', '{HAIKU}')\nboto3.client('bedrock-runtime').converse(modelId=M)\n"
    place = Location("template.yaml")
    values = [("Fast", NOVA), ("Big", OPUS)]
    parsed = parse({"fn/app.py": code}, *(EnvironmentSetting("M", known(m), owner, place, ("fn",)) for owner, m in values))
    routes = [each for each in parsed.references if each.kind is Kind.INVOKE]
    assert {each.root: ids(each) for each in routes} == {"Fast": [NOVA], "Big": [OPUS]}
    assert (
        Hop(place, "environment variable M set by Fast")
        in next(each for each in routes if each.root == "Fast").choices[0].trail
    )
    assert HAIKU not in {model for each in parsed.references for model in ids(each)}


NOT_ROUTES = {
    "a docstring": f'"""We tried {HAIKU} here."""\nimport boto3',
    "a comparison": f"def f(m):\n    return m == '{HAIKU}'",
    "a log message": f"import logging\nlogging.info('{HAIKU}')",
    "a price table": f"PRICES = {{'{HAIKU}': 0.25, '{OPUS}': 15}}",
    "a listing": f"SUPPORTED_MODELS = ['{HAIKU}', '{OPUS}', '{NOVA}']",
    "an assertion": f"def f(m):\n    assert m == '{HAIKU}'",
    "an icon": "from diagrams.aws.ml import Bedrock\nBedrock('model')",
    "a Literal": f"from typing import Literal\nM = Literal['{HAIKU}', '{OPUS}']",
    "another framework's class": "from crewai import Agent\nAgent(role='x')",
    "a method of the repository": "class P:\n    def converse(self, q):\n        return q\nP().converse(modelId='x')",
}


@pytest.mark.parametrize("name", NOT_ROUTES)
def test_what_is_no_route(name: str) -> None:
    assert parse({"app.py": NOT_ROUTES[name] + "\n"}).references == ()


def test_a_notebook_keeps_places_and_loses_only_the_broken_cell() -> None:
    cells = [
        {"cell_type": "markdown", "source": [f"uses {OPUS}"], "metadata": {}},
        {
            "cell_type": "code",
            "source": ["%pip install boto3\n", "import boto3\n", f"M = '{HAIKU}'"],
            "outputs": [],
            "metadata": {},
        },
        {"cell_type": "code", "source": ["def broken(:"], "outputs": [], "metadata": {}},
        {"cell_type": "code", "source": ['c = boto3.client("bedrock-runtime")\n', "c.converse(modelId=M)"], "outputs": [OPUS]},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1)
    parsed = parse({"demo.ipynb": text})
    (reference,) = parsed.references
    span = reference.location.span
    line = text.splitlines()[span.start_line - 1]
    assert ids(reference) == [HAIKU]
    assert line[span.start_column - 1 : span.end_column - 1] == "M"
    assert [error.message for error in parsed.errors] == ["a cell is not Python that can be read: invalid syntax"]


@pytest.mark.parametrize(
    "text",
    ["def f(:\n", "print 'two'\n", "(" * 500, "x = " + "+".join(["1"] * 20_000), "\0", b"\xff\xfe\x00", "x = " + "[" * 150 + "]" * 150],
    ids=["broken", "Python 2", "parentheses", "a long chain", "a null byte", "not text", "nested lists"],
)  # fmt: skip
def test_bad_files_cost_at_most_one_error(text: str | bytes) -> None:
    good = f"import boto3\nboto3.client('bedrock-runtime').converse(modelId='{HAIKU}')\n"
    parsed = parse({"bad.py": text, "good.py": good})
    assert len(parsed.errors) <= 1
    assert [ids(each) for each in parsed.references] == [[HAIKU]]


@pytest.mark.parametrize("size", [50, 400])
def test_long_chains_end_with_an_answer(size: int) -> None:
    chain = "m0 = 'x'\n" + "".join(f"m{n + 1} = m{n}\n" for n in range(size))
    ladder = "".join(f"if a{n}():\n    k = '{n}'\n" for n in range(size))
    nested = "".join(f"{'el' if n else ''}if q == {n}:\n    z = '{n}'\n" for n in range(size))
    parsed = parse({"app.py": f"import boto3\nq = f()\n{chain}{ladder}{nested}c = boto3.client('bedrock-runtime')\n"
                              f"c.converse(modelId=m{size})\nc.converse(modelId=k)\nc.converse(modelId=z)\n"})  # fmt: skip
    assert parsed.errors == ()
    assert len([each for each in parsed.references if each.kind is Kind.INVOKE]) == 3


SAMPLE = {
    "app/models.py": f"import os\nFAST = os.getenv('FAST', '{HAIKU}')\nBIG = '{OPUS}'\n",
    "app/llm.py": (
        "import boto3\nfrom .models import FAST\n\nclass Client:\n    def __init__(self, model=FAST):\n        self.model = model\n"
        "        self.sdk = boto3.client('bedrock-runtime')\n\n    def ask(self, q):\n"
        "        kw = {'modelId': self.model}\n        return self.sdk.converse(**kw)\n"
    ),
    "app/main.py": "from .llm import Client\nfrom .models import BIG\n\nClient().ask(1)\nClient(BIG).ask(2)\n",
}


def facts(parsed: Parsed) -> list[tuple[str, str, list[str]]]:
    return sorted((each.location.symbol, each.sink, sorted(ids(each))) for each in parsed.references)


@given(st.permutations(list(SAMPLE)))
def test_the_order_of_files_does_not_matter(order: list[str]) -> None:
    assert parse({path: SAMPLE[path] for path in order}) == parse(SAMPLE)


@given(st.sampled_from(list(SAMPLE)), st.data())
def test_blank_lines_and_comments_keep_symbols_and_models(path: str, data: st.DataObject) -> None:
    lines = SAMPLE[path].splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines)))
    extra = data.draw(st.sampled_from(["\n", "# a comment\n", "\n\n"]))
    changed = {**SAMPLE, path: "".join([*lines[:at], extra, *lines[at:]])}
    assert facts(parse(changed)) == facts(parse(SAMPLE))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutated_sources_never_raise(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([form for form, _ in FORMS.values()])).replace("{{", "{").replace("}}", "}")
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 12)))
    junk = data.draw(st.text("()[]{}:='\".,*\n mx0@", max_size=6))
    parse({"app.py": "import os, boto3\nclient = boto3.client('bedrock-runtime')\n" + body[:start] + junk + body[end:]})
