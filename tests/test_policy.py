"""What the effective policy answers: tiers, environments, justifications, rules, tags, and the places of its entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policy_texts import COMPLETE, below, load
from routelint.model import Location, Severity
from routelint.policy import Audience, default

V = "version: 1\n"


@pytest.mark.parametrize(
    ("model", "blended", "expected"),
    [
        ("anthropic.claude-sonnet-5", None, "premium"),
        ("anthropic.claude-sonnet-5", 0.1, "premium"),
        ("amazon.nova-lite-v1:0", 0.105, "economy"),
        ("x.y", 0.999, "economy"),
        ("x.y", 1.0, "standard"),
        ("x.y", 3.0, "premium"),
        ("x.y", None, None),
        ("x.y", 0.0, "economy"),
    ],
)
def test_a_name_pattern_wins_over_the_price_and_the_last_tier_takes_the_rest(
    model: str, blended: float | None, expected: str | None
) -> None:
    assert default().tier(model, blended) == expected


def test_tiers_are_ranked_and_compared() -> None:
    found = default()
    assert [found.tier_rank(name) for name in ("economy", "standard", "premium")] == [0, 1, 2]
    assert found.above("premium", "standard")
    assert not found.above("standard", "standard")
    assert not found.above(None, "economy")
    assert not found.above("premium", None)
    with pytest.raises(KeyError):
        found.tier_rank("luxury")
    assert load(V + "extends: []\n").tier("x.y", 1.0) is None


def test_only_the_listed_modalities_are_judged() -> None:
    assert default().judges("text")
    assert not default().judges("embedding")
    assert load(COMPLETE).judges("image")


def test_prices_are_blended_by_the_mix_and_contracts_are_found() -> None:
    found = load(COMPLETE)
    assert found.prices.mix.blended(1.0, 6.0) == 2.0
    assert found.prices.discount_percent == 12
    contract = found.prices.model("anthropic.claude-opus-5-5")
    assert contract is not None
    assert (contract.input_usd_per_million_tokens, contract.source) == (3.5, "FY26")
    assert found.prices.model("anthropic.claude") is None


@pytest.mark.parametrize(
    ("models", "model", "reason"),
    [
        ("{}", "x.y", ""),
        ("{allow: ['anthropic.*']}", "anthropic.claude-opus-5-5", ""),
        (
            "{allow: ['anthropic.*', 'a.b']}",
            "amazon.nova",
            "it is not in the policy's allow list; allowed here: 'anthropic.*', 'a.b'",
        ),
        ("{allow: []}", "amazon.nova", "it is not in the policy's allow list; allowed here: none"),
        ("{allow: ['a.*'], deny: ['x', '*preview*']}", "a.preview-1", "the policy denies '*preview*'"),
    ],
)
def test_a_denial_wins_and_a_refusal_has_a_reason(models: str, model: str, reason: str) -> None:
    verdict = below(f"models: {models}\n").allows_model(model)
    assert (bool(verdict), verdict.reason) == (not reason, reason)
    assert (verdict.location is not None) is bool(reason)


def test_a_scope_is_allowed_where_it_is_listed_or_nothing_is() -> None:
    found = below("models: {scopes: [us]}\n")
    assert found.allows_scope("us")
    assert found.allows_scope(None)
    assert found.allows_scope("eu").reason == "the policy allows no 'eu' profile; allowed scopes: 'us'"
    assert default().allows_scope("eu")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("prod", "prod"),
        ("PRODUCTION", "prod"),
        (" live ", "prod"),
        ("pre_prod", "staging"),
        ("Sandbox", "dev"),
        ("prod-eu", "prod"),
        ("blue", "blue"),
        ("default", "default"),
    ],
)
def test_an_environment_has_one_name_however_it_is_spelt(spelling: str, name: str) -> None:
    found = below("environments: {prod: {aliases: [production, prd, live, 'prod-*']}}\n")
    assert found.environment(spelling) == name


def test_the_default_environment_judges_what_is_not_declared() -> None:
    found = below("environments: {default: {max_tier: standard}, prod: {max_tier: premium}}\n")
    assert [found.max_tier(name) for name in (None, "blue", "prod", "staging")] == ["standard", "standard", "premium", None]


def test_paths_say_which_environments_a_file_belongs_to() -> None:
    found = load(COMPLETE)
    assert found.environments_of("envs/dev/main.tf") == ("dev",)
    assert found.environments_of("main.tf") == ()


LEDGER = """\
workloads: {contracts: {routes: ["contracts/**"]}}
justification: {tiers: [premium], environments: [prod, staging], roles: {product: {approvers: [Ann@example.com]}}}
justifications:
  - id: F1
    models: ["anthropic.*opus*"]
    workloads: [contracts]
    routes: ["legal/**"]
    environments: ENVIRONMENTS
    reason: r
    approvals: {product: {by: ann@example.com, on: 2026-09-01}}
    expires: 2027-02-28
"""


@pytest.mark.parametrize(
    ("listed", "environments", "expected"),
    [
        ("[prod]", ("prod",), True),
        ("[production]", ("prod",), True),
        ("[prod]", ("prod", "staging"), False),
        ("[prod]", ("dev",), False),
        ("['*', '!dev']", ("prod", "blue"), True),
        ("['*', '!dev']", ("dev",), False),
        ("[]", ("anything",), True),
        ("[]", (), True),
        ("[prod]", (), True),
        ("[dev]", (), False),
        ("[dev, default]", (), True),
        ("['*', '!prod']", (), False),
    ],
)
def test_a_justification_covers_the_environments_it_speaks_of(
    listed: str, environments: tuple[str, ...], expected: bool
) -> None:
    found = below(LEDGER.replace("ENVIRONMENTS", listed))
    assert found.covers_environments(found.justifications[0], environments) is expected


def test_a_justification_covers_its_models_and_its_routes_or_workloads() -> None:
    (entry,) = below(LEDGER.replace("ENVIRONMENTS", "[prod]")).justifications
    assert entry.covers_model("anthropic.claude-opus-5-5")
    assert not entry.covers_model("anthropic.claude-sonnet-5")
    assert entry.covers_route("legal/app.py", "x", None)
    assert entry.covers_route("app.py", "x", "contracts")
    assert not entry.covers_route("app.py", "x", None)
    assert not replace(entry, workloads=(), routes=()).covers_route("app.py", "x", None)
    assert entry.expires == date(2027, 2, 28)
    approval = entry.approval("product")
    assert approval is not None
    assert approval.on == date(2026, 9, 1)
    assert entry.approval("finance") is None


def test_a_justification_is_needed_in_the_listed_environments_and_where_none_is_known() -> None:
    found = below(LEDGER.replace("ENVIRONMENTS", "[prod]"))
    assert [found.needs_justification("premium", name) for name in ("prod", "stg", "dev", "blue", None)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert not found.needs_justification("standard", "prod")
    assert not found.needs_justification(None, "prod")
    assert not load(V + "extends: []\n").needs_justification("premium", None)
    role = found.justification.role("product")
    assert role is not None
    assert role.lists("ANN@example.com")
    assert found.justification.role("finance") is None


def test_a_waiver_covers_its_rule_on_its_routes() -> None:
    (waiver,) = load(COMPLETE).waivers
    assert waiver.covers("missing-required-tag", "legacy/a.tf", "x")
    assert not waiver.covers("retired-model", "legacy/a.tf", "x")
    assert not waiver.covers("missing-required-tag", "a.tf", "x")


def test_a_rule_named_in_the_policy_is_not_touched_by_severities() -> None:
    found = below("severities: {warning: error, error: warning}\nrules: {unknown-model: warning}\n")
    assert found.severity("unknown-model", Severity.WARNING) is Severity.WARNING
    assert found.severity("legacy-model", Severity.WARNING) is Severity.ERROR
    assert found.severity("retired-model", Severity.ERROR) is Severity.WARNING
    assert below("rules: {unknown-model: {waivable: false}}\n").severity("unknown-model", Severity.NOTE) is Severity.NOTE


def test_a_custom_rule_has_its_own_severity_unless_the_policy_changes_it() -> None:
    rule = "custom_rules: [{id: mine, when: 'true', severity: note, message: m}]\n"
    assert below(rule).severity("mine", Severity.ERROR) is Severity.NOTE
    assert below(rule + "rules: {mine: off}\n").severity("mine", Severity.ERROR) is Severity.OFF
    assert below(rule + "severities: {note: error}\n").severity("mine", Severity.ERROR) is Severity.NOTE


def test_a_rule_is_waivable_unless_the_policy_or_the_rule_says_no() -> None:
    found = load(COMPLETE)
    assert not found.waivable("broad-model-grant")
    assert found.waivable("retired-model")
    assert not found.waivable("retired-model", default=False)


def test_workloads_take_in_routes_in_the_order_declared() -> None:
    found = below("workloads: {a: {routes: [src/**]}, b: {routes: [src/b/**], audience: customer}, c: }\n")
    assert [each.name for each in found.workloads_at("src/b/x.py", "s")] == ["a", "b"]
    second = found.workload("b")
    assert second is not None
    assert second.audience is Audience.CUSTOMER
    assert found.workload("d") is None
    task = found.task("classification")
    assert task is not None
    assert task.max_tier == "economy"
    assert found.audience(Audience.CUSTOMER) is None


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        ("environment", "Production", None),
        ("environment", "blue", "it is not a declared environment; declared: 'prod', 'staging', 'dev', 'test'"),
        ("region", "emea", None),
        ("region", "us", "it is not an allowed value; allowed: 'emea', 'apac'"),
        ("cost-center", "CC-1234", None),
        ("cost-center", "1234", "it does not match '^CC-[0-9]{4}$'"),
        ("team", "anything", None),
    ],
)
def test_a_tag_value_is_refused_with_a_reason(tag: str, value: str, expected: str | None) -> None:
    found = load(COMPLETE)
    required = next(each for each in found.required_tags if each.name == tag)
    assert found.tag_fault(required, value) == expected


def test_words_that_old_yaml_reads_as_booleans_are_words() -> None:
    found = below("rules: {hardcoded-model: off}\ntags: {required: {on: {values: [yes, no, off]}, y: }}\n")
    assert found.severity("hardcoded-model", Severity.ERROR) is Severity.OFF
    assert [(tag.name, tag.values) for tag in found.required_tags[-2:]] == [("on", ("yes", "no", "off")), ("y", None)]


def test_anchors_aliases_and_merge_keys_are_expanded() -> None:
    found = below(
        "environments:\n"
        "  a: &cheap {max_tier: economy, paths: &paths [x/**]}\n"
        "  b: {<<: *cheap, max_tier: standard}\n"
        "  c: {<<: [*cheap], paths: [y/**]}\n"
        "  d: {paths: *paths}\n"
    )
    assert [(each.max_tier, each.paths) for each in found.environments[-4:]] == [
        ("economy", ("x/**",)),
        ("standard", ("x/**",)),
        ("economy", ("y/**",)),
        (None, ("x/**",)),
    ]


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert load("\ufeff" + COMPLETE.replace("\n", "\r\n")) == load(COMPLETE)


def test_every_entry_says_where_it_stands() -> None:
    found = load(COMPLETE)
    lines = COMPLETE.splitlines()

    def text(location: Location | None) -> str:
        assert location is not None
        assert location.path == "routelint.yaml"
        span = location.span
        end = span.end_column - 1 if span.start_line == span.end_line else None
        return lines[span.start_line - 1][span.start_column - 1 : end]

    environment = found.declared("dev")
    assert environment is not None
    assert text(environment.location) == 'dev: {aliases: [develop], max_tier: economy, paths: ["envs/dev/**"]}'
    assert environment.location is not None
    assert environment.location.symbol == "environments.dev"
    assert text(found.models.deny[0].location) == '"*preview*"'
    assert text(found.models.scopes_location) == "scopes: [us, global]"
    assert text(found.workloads[0].location) == "ticket-triage:"
    assert text(found.justifications[0].location) == "id: FIN-2291"
    assert text(found.justifications[0].approvals[1].location) == "finance: {by: finops@example.com, on: 2026-09-03}"
    assert text(found.custom_rules[0].when_location) == "'model.lifecycle == \"preview\"'"
    assert text(found.rules[-1].location) == "broad-model-grant: {severity: warning, waivable: false}"
    last = found.justifications[0].location
    assert last is not None
    assert lines[last.span.end_line - 1].endswith("expires: 2027-02-28")
    assert last.span.end_column == len(lines[last.span.end_line - 1]) + 1


def test_what_a_profile_says_has_no_place() -> None:
    found = default()
    assert {each.location for each in found.tiers} == {each.location for each in found.environments} == {None}
    assert {each.location for each in found.required_tags} == {each.location for each in found.rules} == {None}
    mixed = below("environments: {dev: {max_tier: standard}}\n")
    assert [each.location is None for each in mixed.environments] == [True, True, False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "justifications:\n  - {id: F, models: [m], reason: r, expires: 2027-01-01}\n",
            ["3:5: justification 'F' covers nothing: it names neither workloads nor routes"],
        ),
        (
            "workloads: {a: {owner: x}}\n",
            ["2:13: workload 'a' has no routes: only a directive 'routelint: workload=a' puts one in it"],
        ),
        (
            "justification: {environments: [prod, stagng, default, 'x*', '!stg']}\n",
            [
                "2:38: justification.environments speaks of environment 'stagng', which the policy does not declare; "
                "nearest 'staging'"
            ],
        ),
        (
            "models: {allow: [us.anthropic.*]}\n",
            ["2:18: pattern 'us.anthropic.*' matches nothing: catalog ids carry no scope prefix; models.scopes does"],
        ),
        (
            "tiers: {odd: {}, economy: }\n",
            ["2:9: tier 'odd' takes no model: it has neither a price bound nor patterns, and is not the last"],
        ),
        (
            "rules: {retired-model: {waivable: false}}\n"
            "waivers: [{rule: retired-model, routes: [a], reason: r, expires: 2027-01-01}]\n",
            ["3:18: this waiver has no effect: rule 'retired-model' is not waivable in this policy"],
        ),
        (
            "justification: {tiers: [], roles: {product: {approvers: [a]}}}\n",
            ["2:28: the roles approve nothing: justification.tiers or justification.environments is empty"],
        ),
    ],
)
def test_what_does_not_do_what_it_seems_to_is_said(text: str, expected: list[str]) -> None:
    assert [str(each).removeprefix("routelint.yaml:") for each in below(text).warnings] == expected
