"""When a justification counts: workload or route, model, environment, roles, people, dates, and the change of the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from routelint import catalog, engine
from routelint.collect import collect
from routelint.model import Finding, Location, Report
from routelint_rules import RULES, expired_justification, incomplete_justification, unjustified_premium_model
from scans import RULE_IDS, TODAY, policy_of, scan, write_tree

OPUS = "global.anthropic.claude-opus-5-5"
CALL = f"""\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{OPUS}", messages=[])
"""
VARIABLE = """\
variable "model" {}

resource "aws_bedrockagent_agent" "review" {
  foundation_model = var.model
}
"""
HEAD = """\
version: 1
workloads:
  review: {routes: ["review/**"]}
  other: {routes: ["other/**"]}
justification:
  environments: [prod, staging]
  roles:
    product: {approvers: [product@example.com, both@example.com]}
    finance: {approvers: [finance@example.com, Both@example.com]}
  max_days: 180
  ticket: "^FIN-[0-9]+$"
justifications:
"""
ENTRY = {
    "id": "FIN-7",
    "models": '["anthropic.claude-opus-5-5"]',
    "workloads": "[review]",
    "reason": "measured",
    "approvals": "{product: {by: product@example.com, on: 2026-09-01}, finance: {by: finance@example.com, on: 2026-09-03}}",
    "expires": "2027-01-31",
}


def ledger(*changes: dict[str, str | None]) -> str:
    """A policy with one entry for each set of changes to a sound one; None takes a key away."""
    entries = [{key: value for key, value in {**ENTRY, **each}.items() if value is not None} for each in changes or ({},)]
    return HEAD + "".join("  - {" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}\n" for entry in entries)


def unjustified(folder: Path, policy: str, files: dict[str, str] | None = None, today: date = TODAY) -> bool:
    report = scan(write_tree(folder, files or {"review/app.py": CALL}), policy, [unjustified_premium_model.RULE], today)
    assert report.references
    return bool(report.findings)


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({}, True),
        ({"workloads": "[other]"}, False),
        ({"workloads": None, "routes": '["review/app.py"]'}, True),
        ({"workloads": None, "routes": '["review/**", "!review/app.py"]'}, False),
        ({"workloads": None, "routes": '["*converse*"]'}, True),
        ({"workloads": "[other]", "routes": '["review/**"]'}, True),
        ({"workloads": None}, False),
        ({"models": '["anthropic.claude-opus-*"]'}, True),
        ({"models": '["anthropic.claude-opus-4*"]'}, False),
        ({"models": '["global.anthropic.claude-opus-5-5"]'}, False),
        ({"environments": "[prod]"}, True),
        ({"environments": "[dev]"}, False),
        ({"environments": "[default]"}, True),
        ({"environments": '["*", "!dev"]'}, True),
    ],
    ids=str,
)
def test_a_justification_covers_what_it_names(changes: dict[str, str | None], covered: bool, tmp_path: Path) -> None:
    assert unjustified(tmp_path, ledger(changes)) is not covered


@pytest.mark.parametrize("place", ["review", "other"])
@pytest.mark.parametrize("model", ["opus-5-5", "sonnet-5-5"])
@pytest.mark.parametrize("environment", ["prod", "staging", "dev"])
@pytest.mark.parametrize("sound", [True, False], ids=["sound", "faulty"])
def test_the_whole_matrix_of_route_model_environment_and_validity(
    place: str, model: str, environment: str, sound: bool, tmp_path: Path
) -> None:
    entry: dict[str, str | None] = {"environments": "[prod]"}
    if not sound:
        entry["approvals"] = "{product: {by: product@example.com, on: 2026-09-01}}"
    text = VARIABLE.replace("var.model", f'"anthropic.claude-{model}"')
    files = {f"{place}/envs/{environment}/main.tf": text}
    covered = environment == "dev" or (place == "review" and model == "opus-5-5" and environment == "prod" and sound)
    assert unjustified(tmp_path, ledger(entry), files) is not covered


def test_two_justifications_cover_two_environments_and_one_is_not_enough(tmp_path: Path) -> None:
    files = {
        "review/main.tf": VARIABLE,
        **{f"review/{name}.tfvars": 'model = "anthropic.claude-opus-5-5"\n' for name in ("prod", "staging")},
    }
    prod: dict[str, str | None] = {"environments": "[prod]"}
    staging: dict[str, str | None] = {"id": "FIN-8", "environments": "[staging]"}
    assert not unjustified(tmp_path / "both", ledger(prod, staging), files)
    assert unjustified(tmp_path / "one", ledger(prod), files)


@pytest.mark.parametrize(("days", "counts"), [(-1, True), (0, True), (1, False)], ids=["before", "on", "after"])
def test_the_last_day_counts(days: int, counts: bool, tmp_path: Path) -> None:
    assert unjustified(tmp_path, ledger(), today=date(2027, 1, 31) + timedelta(days)) is not counts


PRODUCT = "product: {by: product@example.com, on: 2026-09-01}"
FLAWS: dict[str, tuple[dict[str, str | None], list[str]]] = {
    "nothing": ({}, []),
    "an approver in other letters": (
        {"approvals": "{" + PRODUCT + ", finance: {by: FINANCE@example.com, on: 2026-09-03}}"},
        [],
    ),
    "no approvals": (
        {"approvals": None},
        [
            "the approval of role 'product' is missing; add approvals.product by 'product@example.com' or 'both@example.com'",
            "the approval of role 'finance' is missing; add approvals.finance by 'finance@example.com' or 'Both@example.com'",
        ],
    ),
    "one role is missing": (
        {"approvals": "{" + PRODUCT + "}"},
        ["the approval of role 'finance' is missing; add approvals.finance by 'finance@example.com' or 'Both@example.com'"],
    ),
    "a stranger": (
        {"approvals": "{" + PRODUCT + ", finance: {by: product@example.org, on: 2026-09-03}}"},
        [
            "'product@example.org' is not an approver of role 'finance'; "
            "have 'finance@example.com' or 'Both@example.com' approve"
        ],
    ),
    "one person twice, in other letters": (
        {"approvals": "{product: {by: both@example.com, on: 2026-09-01}, finance: {by: Both@example.com, on: 2026-09-03}}"},
        ["'Both@example.com' approves in 2 roles (product, finance); have another person approve in each"],
    ),
    "tomorrow": (
        {"approvals": "{" + PRODUCT + ", finance: {by: finance@example.com, on: 2026-11-25}}"},
        ["the approval of role 'finance' is dated 2026-11-25, in the future; write the day it was given"],
    ),
    "today": ({"approvals": "{" + PRODUCT + ", finance: {by: finance@example.com, on: 2026-11-24}}"}, []),
    "no ticket": (
        {"id": "OPS-1"},
        ["its id 'OPS-1' does not match the ticket pattern '^FIN-[0-9]+$'; name the ticket that holds the decision"],
    ),
    "a day too long": (
        {"expires": "2027-03-03"},
        ["it runs 181 days from its last approval, and at most 180 are allowed; let it expire by 2027-03-02"],
    ),
    "as long as may be": ({"expires": "2027-03-02"}, []),
    "approved so long ago that no end would be early enough": (
        {
            "approvals": "{"
            + PRODUCT.replace("2026-09-01", "2026-03-02")
            + ", finance: {by: finance@example.com, on: 2026-03-03}}"
        },
        ["it runs 334 days from its last approval, and at most 180 are allowed; have every role approve it anew"],
    ),
}


@pytest.mark.parametrize(("changes", "faults"), FLAWS.values(), ids=FLAWS)
def test_what_a_justification_lacks_is_said_and_its_routes_are_unjustified(
    changes: dict[str, str | None], faults: list[str], tmp_path: Path
) -> None:
    report = scan(
        write_tree(tmp_path, {"review/app.py": CALL}),
        ledger(changes),
        [incomplete_justification.RULE, unjustified_premium_model.RULE],
    )
    told = [each for each in report.findings if each.rule == "incomplete-justification"]
    name = changes.get("id", "FIN-7")
    assert {each.message for each in told} == {f"justification '{name}' does not count: {fault}" for fault in faults}
    assert all(each.location.path == "routelint.yaml" for each in told)
    assert all([related.location.path for related in each.related] == ["review/app.py"] for each in told)
    assert bool([each for each in report.findings if each.rule == "unjustified-premium-model"]) is bool(faults)


def test_a_route_says_why_the_justification_near_it_does_not_count(tmp_path: Path) -> None:
    policy = ledger({"expires": "2026-11-23", "approvals": None})
    report = scan(write_tree(tmp_path, {"review/app.py": CALL}), policy, [unjustified_premium_model.RULE])
    [related] = report.findings[0].related
    assert related.note == (
        "justification 'FIN-7' does not count: it expired on 2026-11-23; the approval of role 'product' is missing; "
        "the approval of role 'finance' is missing"
    )


def test_an_entry_that_has_expired_is_not_told_when_to_expire(tmp_path: Path) -> None:
    policy = ledger({"expires": "2026-11-23", "approvals": "{product: {by: product@example.com, on: 2025-12-01}}"})
    report = scan(write_tree(tmp_path, {"review/app.py": CALL}), policy, [incomplete_justification.RULE])
    assert [each.message for each in report.findings] == [
        "justification 'FIN-7' does not count: the approval of role 'finance' is missing; "
        "add approvals.finance by 'finance@example.com' or 'Both@example.com'"
    ]


def judged_with_history(folder: Path, changed_on: dict[str, date] | None) -> Report:
    """The report where the models of files changed on the days given, by path."""
    policy, models = policy_of(ledger()), catalog.load()
    collected = collect(write_tree(folder, {"review/app.py": CALL, "review/b.py": CALL}))
    resolved = engine.resolve(collected.units, collected.tree, policy, models, rule_ids=RULE_IDS)
    history: dict[Location, date] | None = None
    if changed_on is not None:
        history = {
            each.location: changed_on[each.location.path] for each in resolved.references if each.location.path in changed_on
        }
    return engine.judge(resolved, RULES, policy, models, TODAY, changed_on=history)


def of_rule(report: Report, rule: str) -> list[Finding]:
    return [each for each in report.findings if each.rule == rule]


@pytest.mark.parametrize(
    ("changed", "roles"),
    [
        (date(2026, 8, 31), []),
        (date(2026, 9, 1), []),
        (date(2026, 9, 2), ["product"]),
        (date(2026, 9, 3), ["product"]),
        (date(2026, 9, 4), ["product", "finance"]),
    ],
)
def test_an_approval_older_than_the_model_does_not_count(changed: date, roles: list[str], tmp_path: Path) -> None:
    report = judged_with_history(tmp_path, {"review/app.py": changed})
    told = of_rule(report, "incomplete-justification")
    days = {"product": "2026-09-01", "finance": "2026-09-03"}
    assert [each.message for each in told] == [
        f"justification 'FIN-7' does not count: the approval of role '{role}' of {days[role]} is older than the model, "
        f"which changed on {changed}; have the new model approved"
        for role in roles
    ]
    assert all([each.location.path for each in finding.related] == ["review/app.py"] for finding in told)
    places = [each.location.path for each in of_rule(report, "unjustified-premium-model")]
    assert places == (["review/app.py"] if roles else [])


@pytest.mark.parametrize("history", [None, {}], ids=["no history", "a history"])
def test_that_the_age_of_approvals_is_not_judged_is_said_once(history: dict[str, date] | None, tmp_path: Path) -> None:
    report = judged_with_history(tmp_path, history)
    said = [each for each in report.notices if "older than the models" in each]
    assert len(said) == (1 if history is None else 0)


def test_a_waiver_cannot_hide_what_may_not_be_waived(tmp_path: Path) -> None:
    waived = (
        "waivers:\n"
        '  - {rule: unjustified-premium-model, routes: ["review/**"], reason: trial, expires: 2027-01-01}\n'
        "rules:\n  unjustified-premium-model: {waivable: %s}\n"
    )
    for waivable in ("true", "false"):
        policy = ledger({"workloads": "[other]"}) + waived % waivable
        assert unjustified(tmp_path / waivable, policy) is (waivable == "false")


def test_an_entry_of_a_policy_elsewhere_is_reported_where_a_route_relies_on_it(tmp_path: Path) -> None:
    policy = policy_of(ledger({"expires": "2026-11-01"}))
    [entry] = policy.justifications
    assert entry.location is not None
    moved = replace(policy, justifications=(replace(entry, location=replace(entry.location, path="../org/policy.yaml")),))
    for name, count in (("review", 1), ("elsewhere", 0)):
        collected = collect(write_tree(tmp_path / name, {f"{name}/app.py": CALL}))
        resolved = engine.resolve(collected.units, collected.tree, moved, catalog.load(), rule_ids=RULE_IDS)
        report = engine.judge(resolved, [expired_justification.RULE], moved, catalog.load(), TODAY)
        assert len(report.findings) == count


def test_nothing_is_called_unused_where_only_a_part_is_scanned(tmp_path: Path) -> None:
    policy, models = policy_of(ledger({"workloads": "[other]"})), catalog.load()
    collected = collect(write_tree(tmp_path, {"review/app.py": CALL}))
    resolved = engine.resolve(collected.units, collected.tree, policy, models, rule_ids=RULE_IDS)
    for whole in (True, False):
        report = engine.judge(resolved, RULES, policy, models, TODAY, whole=whole)
        assert bool(of_rule(report, "unused-justification")) is whole


@pytest.mark.parametrize(
    ("changes", "files", "message"),
    [
        ({"workloads": "[other]"}, {"review/app.py": CALL}, "none is at the places or in the workloads it names"),
        ({"models": '["amazon.*"]'}, {"review/app.py": CALL}, f"those it names take '{OPUS}'; delete it"),
        (
            {"environments": "[prod]"},
            {"review/envs/dev/a.tf": VARIABLE.replace("var.model", f'"{OPUS}"')},
            "those it names run in 'dev'",
        ),
    ],
    ids=["no such route", "another model", "another environment"],
)
def test_an_unused_justification_says_what_does_not_match(
    changes: dict[str, str | None], files: dict[str, str], message: str, tmp_path: Path
) -> None:
    [finding] = of_rule(scan(write_tree(tmp_path, files), ledger(changes)), "unused-justification")
    assert message in finding.message
