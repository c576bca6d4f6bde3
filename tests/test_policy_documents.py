"""The schema, the reader's reference, the effective policy printed, the starter, and where a policy lies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routelint_schemas
from policy_texts import COMPLETE, load
from routelint import policy
from routelint.model_id import SCOPES
from routelint.policy import PROFILES, FoundModel, Policy
from routelint.policy.conforms import conforms, schema
from routelint.policy.effective import quote
from routelint.policy.source import parse, plain

ROOT = Path(__file__).parents[1]
PROFILE_FILES = ROOT / "scanner" / "routelint" / "policy" / "profiles"
V = "version: 1\n"


def parts(part: object, path: str = "") -> list[tuple[str, dict[str, object]]]:
    """Every property of the schema, with its path."""
    found: list[tuple[str, dict[str, object]]] = []
    if isinstance(part, dict):
        for key, each in part.items():
            if key == "properties" and isinstance(each, dict):
                found += [(f"{path}.{name}", inner) for name, inner in each.items()]
            found += parts(each, f"{path}.{key}")
    if isinstance(part, list):
        found += [each for item in part for each in parts(item, path)]
    return found


def resolved(part: dict[str, object]) -> dict[str, object]:
    reference = part.get("$ref")
    return {**schema()["$defs"][str(reference).rpartition("/")[2]], **part} if reference else part


def test_the_schema_is_valid_and_says_what_every_key_means() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for path, part in parts(schema()):
        description = resolved(part).get("description")
        assert isinstance(description, str), path
        assert description.endswith("."), path


def test_every_example_and_default_of_the_schema_is_valid() -> None:
    seen = 0
    for path, part in parts(schema()):
        whole = {**part, "$defs": schema()["$defs"]}
        examples = resolved(part).get("examples", [])
        assert isinstance(examples, list)
        for example in [*examples, *([part["default"]] if "default" in part else [])]:
            assert jsonschema.Draft202012Validator(whole).is_valid(example), (path, example)
            seen += 1
    assert seen > 50


def test_the_defaults_of_the_schema_are_those_that_apply() -> None:
    applied = plain(parse((PROFILE_FILES / "defaults.yaml").read_text("utf-8"), "x")[0])
    assert isinstance(applied, dict)
    said = {name: part["default"] for name, part in schema()["properties"].items() if "default" in part and name != "extends"}
    for section in ("evidence", "prices", "directives"):
        inner = resolved(schema()["properties"][section])["properties"]
        assert isinstance(inner, dict)
        said[section] = {name: part["default"] for name, part in inner.items() if "default" in part}
    said["prices"]["mix"] = {"input": 3, "output": 1}
    assert applied == {"version": 1, **said}


def test_the_complete_example_uses_every_key_and_every_key_changes_the_policy() -> None:
    known = {path.rpartition(".")[2] for path, _ in parts(schema()) if not path.startswith(".properties.rules.")}
    assert known <= set(re.findall(r"[a-z_0-9]+(?=:)", COMPLETE))
    assert not load(COMPLETE).warnings
    complete, bare = load(COMPLETE), load(V + "extends: []\n")
    compared = [field.name for field in fields(Policy) if field.compare]
    assert [name for name in compared if getattr(complete, name) == getattr(bare, name)] == []


def test_the_schema_knows_every_rule_and_scope() -> None:
    command = [sys.executable, str(ROOT / "tools" / "build_policy_schema.py"), "--check"]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""
    assert tuple(schema()["$defs"]["models"]["properties"]["scopes"]["items"]["enum"]) == SCOPES


def test_the_schema_is_read_by_name_and_lies_beside_its_package() -> None:
    assert json.loads(routelint_schemas.text("policy"))["title"] == "routelint policy"
    assert routelint_schemas.path("policy").is_file()
    with pytest.raises(FileNotFoundError):
        routelint_schemas.text("polcy")


@pytest.mark.parametrize("name", ["defaults", *PROFILES])
def test_profiles_keep_to_the_schema(name: str) -> None:
    root, faults = parse((PROFILE_FILES / f"{name}.yaml").read_text("utf-8"), name)
    assert not faults
    assert conforms(plain(root), schema())
    assert jsonschema.Draft202012Validator(schema()).is_valid(plain(root))


def test_a_valid_policy_is_loaded_without_jsonschema() -> None:
    program = (
        "import sys; from policy_texts import COMPLETE, load; load(COMPLETE); "
        "assert not {'jsonschema', 'difflib', 'routelint.policy.effective'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)}, cwd=ROOT)


DOCUMENT = (ROOT / "docs" / "policy.md").read_text("utf-8")


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_of_the_reference_loads(text: str) -> None:
    found = load(text, {"../org/routelint.yaml": V})
    assert found.warnings == ()


def test_the_reference_speaks_of_every_section() -> None:
    for key in schema()["properties"]:
        assert re.search(rf"\b{key}\b", DOCUMENT), key


@pytest.mark.parametrize(
    ("files", "start", "expected"),
    [
        (["/r/.git", "/r/routelint.yaml"], "/r/a/b", "/r/routelint.yaml"),
        (["/r/.git", "/r/routelint.yaml"], "/r/a/b.py", "/r/routelint.yaml"),
        (["/r/.git", "/r/routelint.yaml", "/r/a/.routelint.yaml"], "/r/a/b", "/r/a/.routelint.yaml"),
        (["/r/.git", "/r/.github/routelint.yaml"], "/r", "/r/.github/routelint.yaml"),
        (["/r/.git", "/r/.github/routelint.yaml", "/r/.routelint.yaml", "/r/routelint.yaml"], "/r/", "/r/routelint.yaml"),
        (["/routelint.yaml", "/r/.git"], "/r/a", None),
        (["/tmp/routelint.yaml"], "/tmp/a", None),
        (["/tmp/a/routelint.yaml"], "/tmp/a", "/tmp/a/routelint.yaml"),
        (["/r/.git", "/r/routelint.yml"], "/r/a", None),
        (["/r/.git/HEAD", "/r/routelint.yaml"], "/r/a/b", "/r/routelint.yaml"),
    ],
)
def test_the_nearest_policy_within_the_repository_governs(files: list[str], start: str, expected: str | None) -> None:
    assert policy.find(start, files.__contains__) == expected


def test_a_policy_under_a_name_that_is_not_read_is_noticed() -> None:
    assert policy.misspelt("/r/a", ["/r/.git", "/r/routelint.yml"].__contains__) == "/r/routelint.yml"
    assert policy.misspelt("/r/a", ["/r/.git", "/r/routelint.yaml"].__contains__) is None


def test_the_effective_policy_says_where_each_value_came_from() -> None:
    files = {"org/base.yaml": V + "fail_on: warning\nrules:\n  retired-model: {severity: error, waivable: false}\n"}
    shown = policy.show(load(V + "extends: [org/base.yaml]\nenvironments:\n  dev: {max_tier: standard}\n", files))
    assert shown.startswith("# The effective policy of routelint.yaml, with everything it extends.\nversion: 1\nextends: []\n")
    for line in (
        "fail_on: warning  # org/base.yaml:2",
        "tasks:  # profile recommended",
        "show_notes: false  # default",
        "    max_tier: standard  # routelint.yaml:4",
        "    aliases: [develop, development, sandbox, sbx, local, demo]  # profile recommended",
        "    waivable: false  # org/base.yaml:4",
        "  missing-required-tag: warning  # profile recommended",
    ):
        assert f"\n{line}\n" in shown, line


@pytest.mark.parametrize("text", [COMPLETE, *(f"{V}extends: [{name}]\n" for name in PROFILES)])
def test_the_effective_policy_loads_again_to_the_same(text: str) -> None:
    found = load(text)
    assert load(policy.show(found)) == found
    assert policy.show(load(policy.show(found))).count("\n") == policy.show(found).count("\n")


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_text_is_shown_as_itself(text: str) -> None:
    found = load(f"{V}extends: []\nworkloads: {{a: {{owner: {quote(text)}, routes: [x]}}}}\n")
    again = load(policy.show(found))
    assert again.workloads[0].owner == found.workloads[0].owner == text


def test_the_effective_policy_is_shown_as_json_with_origins() -> None:
    document: Any = policy.document(load(COMPLETE))
    assert document["path"] == "routelint.yaml"
    assert document["policy"]["rules"]["hardcoded-model"] == {"severity": "off"}
    assert document["origins"]["/environments/dev/max_tier"] == "routelint.yaml:20"
    assert document["origins"]["/rules/missing-required-tag/severity"] == "profile recommended"
    assert document["origins"]["/prices/models/anthropic.claude-opus-5-5/source"] == "routelint.yaml:13"


KEYS = ["Owner", "env", "CostCenter", "Name"]
FOUND = [
    FoundModel("anthropic.claude-opus-5-5", "premium", 2),
    FoundModel("amazon.nova-lite-v1:0", "economy"),
    FoundModel("cohere.embed-v4:0"),
]


def test_the_starter_names_what_was_found() -> None:
    text = policy.starter(FOUND, ["production", "dev2", "blue", "test"], KEYS, schema="s.json")
    assert text.startswith("# yaml-language-server: $schema=s.json\n")
    for line in (
        "#   premium: anthropic.claude-opus-5-5 (2 routes)",
        "#   economy: amazon.nova-lite-v1:0",
        "#   no tier: cohere.embed-v4:0",
        "  production: {max_tier: premium}",
        "  dev2: {max_tier: economy}",
        "  test: {max_tier: economy}",
        "  blue: {max_tier: premium}  # CHANGE ME: what kind is it?",
        "    team: {keys: [Owner]}",
        "    environment: {keys: [env], values: environments}",
        "    cost-center: {keys: [CostCenter]}",
        "# No resource carries project yet: the profile 'recommended' has keys for them.",
        "# Other keys found: Name",
        "  environments: [production, blue]",
    ):
        assert f"\n{line}\n" in text, line
    found = load(text)
    assert found.warnings == ()
    assert found.max_tier("prd") == "premium"
    assert load(policy.starter([], [], [])).warnings == ()


def test_what_the_starter_leaves_in_comments_loads_too() -> None:
    text = policy.starter(FOUND, ["prod", "dev"], ["team"])
    freed = re.sub(r"^# (?=  |(?:models|justifications|workloads|waivers):)", "", text, flags=re.MULTILINE)
    freed = re.sub(r"^  (?:economy|standard|premium|no tier): .*\n", "", freed, flags=re.MULTILINE)
    found = load(freed)
    assert (len(found.workloads), len(found.justifications), len(found.waivers)) == (1, 1, 1)
    assert found.models.allow is not None
    assert found.warnings == ()


USUAL = st.sampled_from(["prod", "Prod", "production", "dev", "uat", "dev-1"])
NAMES = st.lists(st.one_of(st.text(max_size=8), USUAL), max_size=6)


@given(NAMES, NAMES, NAMES)
@settings(max_examples=150, deadline=None)
def test_the_starter_loads_whatever_the_repository_holds(models: list[str], environments: list[str], keys: list[str]) -> None:
    tiers = (None, "economy", "premium", "mine")
    found = [FoundModel(name, tiers[index % 4], index) for index, name in enumerate(models)]
    load(policy.starter(found, environments, keys, schema="".join(keys)))
