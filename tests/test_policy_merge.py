"""Profiles, `extends`, and how layers merge."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_texts import RULES, below, load
from routelint import policy
from routelint.model import Severity
from routelint.policy import PROFILES, FailOn, default

V = "version: 1\n"


def test_recommended_is_what_applies_without_a_policy() -> None:
    found = default()
    assert [tier.name for tier in found.tiers] == ["economy", "standard", "premium"]
    assert {tag.name for tag in found.required_tags} == {"team", "project", "environment"}
    assert found.severity("missing-required-tag", Severity.ERROR) is Severity.WARNING
    assert found.severity("retired-model", Severity.ERROR) is Severity.ERROR
    assert {name: found.max_tier(name) for name in ("dev", "test", "staging", "prod", None)} == {
        "dev": "economy",
        "test": "economy",
        "staging": None,
        "prod": None,
        None: None,
    }
    asked = ("dev", "QA", "prod", "blue", None)
    assert [name for name in asked if found.needs_justification("premium", name)] == ["prod", "blue", None]
    assert found.fail_on is FailOn.ERROR
    assert found.path is None


def test_strict_turns_warnings_into_errors() -> None:
    found = default("strict")
    assert found.severity("legacy-model", Severity.WARNING) is Severity.ERROR
    assert found.severity("missing-required-tag", Severity.ERROR) is Severity.ERROR
    assert found.severity("hardcoded-model", Severity.OFF) is Severity.OFF
    assert found.directives.until_required
    assert found.fail_on is FailOn.ERROR


def test_audit_turns_everything_on_and_fails_nothing() -> None:
    found = default("audit")
    assert found.severity("hardcoded-model", Severity.OFF) is Severity.NOTE
    assert found.severity("retired-model", Severity.ERROR) is Severity.ERROR
    assert found.fail_on is FailOn.NEVER
    assert found.shows_notes


def test_a_policy_of_a_profile_alone_is_that_profile() -> None:
    for name in PROFILES:
        assert load(f"{V}extends: [{name}]\n") == default(name)
    assert load(V) == default()
    with pytest.raises(KeyError):
        default("lenient")


def test_an_extended_file_without_extends_brings_the_profile_below_everything() -> None:
    files = {"org.yaml": V + "rules: {unknown-model: error}\n"}
    found = load(V + "extends: [strict, org.yaml]\n", files)
    assert found.severity("missing-required-tag", Severity.NOTE) is Severity.ERROR  # strict stays above recommended
    assert found.severity("unknown-model", Severity.WARNING) is Severity.ERROR
    assert load(V + "extends: [org.yaml]\n", files) == load(files["org.yaml"])


def test_a_file_reached_twice_stands_at_its_first_place() -> None:
    files = {
        "base.yaml": V + "extends: []\nfail_on: note\n",
        "a.yaml": V + "extends: [base.yaml]\nfail_on: warning\n",
        "b.yaml": V + "extends: [base.yaml]\nshow_notes: true\n",
    }
    assert load(V + "extends: [a.yaml, b.yaml]\n", files).fail_on is FailOn.WARNING


def test_extended_files_are_named_relative_to_the_file_that_names_them() -> None:
    asked: list[str] = []

    def read(path: str) -> str | None:
        asked.append(path)
        return {"org/a.yaml": V + "extends: [b/c.yaml]\n", "org/b/c.yaml": V}.get(path)

    found = policy.load(V + "extends: [../org/a.yaml]\n", ".github/routelint.yaml", read=read, rules=RULES)
    assert asked == ["org/a.yaml", "org/b/c.yaml"]
    assert found.files == (".github/routelint.yaml", "org/a.yaml", "org/b/c.yaml")
    assert found.path == ".github/routelint.yaml"


def test_null_takes_away_and_nothing_inherits() -> None:
    found = below("tags: {required: {project: null, team: }}\nenvironments:\ntasks: ~\n")
    assert {tag.name for tag in found.required_tags} == {"team", "environment"}
    assert found.required_tags[0].keys == default().required_tags[0].keys
    assert found.environments == default().environments
    assert found.tasks == ()
    assert below("environments: {dev: {max_tier: null}}\n").max_tier("dev") is None


def test_a_name_with_nothing_after_it_is_declared() -> None:
    assert below("environments: {perf: , load: {}}\n").environments[-2:] == (
        policy.Environment("perf"),
        policy.Environment("load"),
    )


def test_lists_replace() -> None:
    assert below("tags: {required: {team: {keys: [squad]}}}\n").required_tags[0].keys == ("squad",)


def test_a_severity_leaves_an_inherited_waivable_alone() -> None:
    files = {"org.yaml": V + "rules: {broad-model-grant: {severity: error, waivable: false}}\n"}
    found = load(V + "extends: [org.yaml]\nrules: {broad-model-grant: note}\n", files)
    assert found.severity("broad-model-grant", Severity.WARNING) is Severity.NOTE
    assert not found.waivable("broad-model-grant")


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ("ultra: {models: [x]}", ["economy", "standard", "premium", "ultra"]),
        ("nano: {below_usd_per_million_tokens: 0.1}\n  economy:", ["nano", "economy", "standard", "premium"]),
        ("economy:\n  middle: {below_usd_per_million_tokens: 2}", ["economy", "middle", "standard", "premium"]),
        ("premium:\n  standard:", ["economy", "premium", "standard"]),
        ("standard: null", ["economy", "premium"]),
        ("economy: null\n  standard: null\n  premium: null\n  one: {}", ["one"]),
    ],
)
def test_tiers_keep_their_order_and_new_ones_find_their_place(tiers: str, expected: list[str]) -> None:
    free = "tasks: null\naudiences: null\njustification: null\nenvironments: {dev: {max_tier: null}, test: {max_tier: null}}\n"
    assert [tier.name for tier in below(f"{free}tiers:\n  {tiers}\n").tiers] == expected


def test_a_declared_name_that_was_an_alias_renames_the_environment() -> None:
    found = below("environments: {production: {max_tier: standard}, development: {}}\n")
    assert [each.name for each in found.environments] == ["production", "staging", "development", "test"]
    assert {found.environment(name) for name in ("prod", "PRD", "live", "production")} == {"production"}
    assert found.max_tier("prod") == "standard"
    assert not found.needs_justification("premium", "dev")


def test_an_alias_belongs_to_the_upper_layer() -> None:
    found = below("environments: {preview: {aliases: [uat, demo]}, qa: {}}\n")
    assert [found.environment(name) for name in ("uat", "demo", "qa", "testing", "stage")] == [
        "preview",
        "preview",
        "qa",
        "qa",
        "staging",
    ]
    assert all("uat" not in each.aliases for each in found.environments if each.name != "preview")


# JSON escapes the others as surrogate pairs, which are no escapes of YAML.
OWNERS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), min_size=1, max_size=8)
SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "fail_on": st.sampled_from(["error", "note", "never"]),
        "show_notes": st.booleans(),
        "rules": st.dictionaries(
            st.sampled_from(RULES),
            st.sampled_from(["error", "off", {"severity": "note"}, {"waivable": False}, {"severity": "off", "waivable": True}]),
            max_size=4,
        ),
        "environments": st.dictionaries(
            st.sampled_from(["alpha", "beta", "gamma"]),
            st.fixed_dictionaries({}, optional={"paths": st.lists(st.sampled_from(["a/**", "*.tf"]), max_size=2)}),
            max_size=3,
        ),
        "models": st.fixed_dictionaries(
            {}, optional={"allow": st.lists(st.sampled_from(["a.*", "*x*"]), max_size=2), "scopes": st.just(["us"])}
        ),
        "tags": st.fixed_dictionaries(
            {},
            optional={
                "required": st.dictionaries(st.sampled_from(["team", "cost center", "on"]), st.just({"values": ["x", "y: #"]})),
            },
        ),
        "workloads": st.dictionaries(
            st.sampled_from(["w1", "w2"]),
            st.fixed_dictionaries({}, optional={"owner": OWNERS, "budget_usd_per_month": st.just(1.5)}),
            max_size=2,
        ),
    },
)


def written(sections: dict[str, object], *extends: str) -> str:
    """A policy file in JSON, which is YAML too."""
    return json.dumps({"version": 1, "extends": list(extends), **sections})


@given(SECTIONS)
@settings(max_examples=80, deadline=None)
def test_extending_a_file_and_nothing_more_is_that_file(sections: dict[str, object]) -> None:
    files = {"x.yaml": written(sections)}
    assert load(written({}, "x.yaml"), files) == load(files["x.yaml"])
    assert load(written({}, "x.yaml", "x.yaml"), files) == load(files["x.yaml"])


@given(SECTIONS, SECTIONS, SECTIONS)
@settings(max_examples=60, deadline=None)
def test_merging_is_associative_and_the_last_word_wins(
    first: dict[str, object], second: dict[str, object], third: dict[str, object]
) -> None:
    files = {"1": written(first), "2": written(second), "3": written(third)}
    files = {f"{name}.yaml": text for name, text in files.items()} | {"12.yaml": written(second, "1.yaml")}
    flat = load(written({}, "1.yaml", "2.yaml", "3.yaml"), files)
    assert flat == load(written(third, "12.yaml"), files) == load(written({}, "12.yaml", "3.yaml"), files)
    for key in ("fail_on", "show_notes"):
        last = next((each[key] for each in (third, second, first) if key in each), None)
        assert last is None or getattr(flat, {"show_notes": "shows_notes"}.get(key, key)) == last


@given(SECTIONS)
@settings(max_examples=80, deadline=None)
def test_what_is_shown_loads_again_to_the_same_policy(sections: dict[str, object]) -> None:
    for base in ((), ("recommended",)):
        found = load(written(sections, *base))
        assert load(policy.show(found)) == found
        assert load(json.dumps(policy.document(found)["policy"])) == found
