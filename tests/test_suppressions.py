"""Directives and waivers that end, do nothing, or come back: what the stage after suppressing says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from routelint import catalog, engine
from routelint.collect import collect
from routelint.model import Finding, Report
from routelint_rules import RULES, expired_waiver, unjustified_premium_model, unused_suppression
from scans import RULE_IDS, TODAY, policy_of, resolve, scan, write_tree

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
{directive}client.converse(modelId="{model}", messages=[])
"""
OPUS = "global.anthropic.claude-opus-5-5"
LITE = "amazon.nova-lite-v1:0"
MINE = [unjustified_premium_model.RULE, unused_suppression.RULE, expired_waiver.RULE]


def call(directive: str = "", model: str = OPUS) -> str:
    return CALL.format(directive=f"# routelint: {directive}\n" if directive else "", model=model)


def told(report: Report, rule: str) -> list[Finding]:
    return [each for each in report.findings if each.rule == rule]


NOTHING_HERE = "this directive silences nothing: there is no finding of {} here; delete it"
UNUSED: dict[str, tuple[str, str, list[str]]] = {
    "one that silences": ("ignore[unjustified-premium-model] -- trial", OPUS, []),
    "one without a finding": (
        "ignore[unjustified-premium-model] -- trial",
        LITE,
        [NOTHING_HERE.format("'unjustified-premium-model'")],
    ),
    "one for another rule": ("ignore[legacy-model] -- moves", OPUS, [NOTHING_HERE.format("'legacy-model'")]),
    "one of two in vain": (
        "ignore[unjustified-premium-model, legacy-model] -- trial",
        OPUS,
        ["this directive names 'legacy-model', of which there is no finding here; leave it out"],
    ),
    "both in vain": (
        "ignore[unjustified-premium-model, legacy-model] -- trial",
        LITE,
        [NOTHING_HERE.format("'unjustified-premium-model', 'legacy-model'")],
    ),
    "a rule that is off": ("ignore[hardcoded-model] -- wanted", OPUS, []),
    "a rule nobody may waive": (
        "ignore[unused-suppression] -- please",
        OPUS,
        ["this directive does not silence 'unused-suppression', which may not be waived; mend the finding"],
    ),
    "a faulty one, which another rule reports": ("ignore[legacy-model]", OPUS, []),
    "one that has ended, which another rule reports": ("ignore[legacy-model] until=2026-11-23 -- moves", OPUS, []),
    "an environment": ("environment=dev", LITE, []),
}


@pytest.mark.parametrize(("directive", "model", "messages"), UNUSED.values(), ids=UNUSED)
def test_a_directive_that_does_nothing_is_reported(directive: str, model: str, messages: list[str], tmp_path: Path) -> None:
    report = scan(write_tree(tmp_path, {"app.py": call(directive, model)}))
    found = told(report, "unused-suppression")
    assert [each.message for each in found] == messages
    assert all(each.location.span.start_line == 4 for each in found)


def test_a_directive_in_front_of_nothing_is_reported(tmp_path: Path) -> None:
    text = call() + "\n# routelint: workload=triage\nprint(client)\n"
    [finding] = told(scan(write_tree(tmp_path, {"app.py": text})), "unused-suppression")
    assert finding.message == (
        "this directive says nothing: no route stands at it; put 'workload=' on or above a route, or delete it"
    )


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("justification=FIN-71", "the policy has no justification 'FIN-71'; nearest is 'FIN-7'"),
        ("justification=FIN-7", None),
        ("workload=tirage", "the policy has no workload 'tirage'; nearest is 'triage'"),
        ("workload=triage", None),
    ],
)
def test_a_directive_that_names_what_is_not_there_is_reported(directive: str, message: str | None, tmp_path: Path) -> None:
    policy = (
        "version: 1\nworkloads: {triage: {}}\njustifications:\n"
        '  - {id: FIN-7, models: ["*"], routes: ["*"], reason: r, expires: 2027-01-01}\n'
    )
    report = scan(write_tree(tmp_path, {"app.py": call(directive)}), policy)
    assert [each.message for each in told(report, "unused-suppression")] == ([] if message is None else [message])


def test_only_rules_that_were_judged_are_spoken_of(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": call("ignore[legacy-model] -- moves")})
    assert told(scan(folder), "unused-suppression")
    assert not told(scan(folder, rules=MINE), "unused-suppression")


def test_a_directive_in_a_file_that_could_not_be_read_is_not_called_unused(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": call("ignore[legacy-model] -- moves") + "def broken(:\n"})
    assert not told(scan(folder), "unused-suppression")


WAIVERS = """\
version: 1
waivers:
  - {{rule: {rule}, routes: ["{path}"], reason: "frozen, OPS-7", expires: {expires}}}
"""


def waived(rule: str = "unjustified-premium-model", path: str = "app.py", expires: str = "2027-03-31") -> str:
    return WAIVERS.format(rule=rule, path=path, expires=expires)


NO_FINDING = "this waiver silences nothing: there is no finding of '{}' on its routes; delete it"


@pytest.mark.parametrize(
    ("policy", "messages"),
    [
        (waived(), []),
        (waived(path="other.py"), [NO_FINDING.format("unjustified-premium-model")]),
        (waived(rule="legacy-model"), [NO_FINDING.format("legacy-model")]),
        (waived(rule="hardcoded-model"), []),
        (waived(expires="2026-11-23"), []),
        (
            waived() + "rules: {unjustified-premium-model: {waivable: false}}\n",
            ["this waiver has no effect: 'unjustified-premium-model' may not be waived; mend the findings and delete it"],
        ),
    ],
    ids=["used", "of another place", "of another rule", "of a rule that is off", "that has ended", "of what may not be waived"],
)
def test_a_waiver_that_does_nothing_is_reported(policy: str, messages: list[str], tmp_path: Path) -> None:
    found = told(scan(write_tree(tmp_path, {"app.py": call()}), policy), "unused-suppression")
    assert [each.message for each in found] == messages
    assert all((each.location.path, each.location.span.start_line) == ("routelint.yaml", 3) for each in found)


def test_a_waiver_and_a_directive_that_cover_one_finding_are_both_used(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": call("ignore[unjustified-premium-model] -- trial")})
    assert not told(scan(folder, waived()), "unused-suppression")


def test_one_waiver_covers_a_module_called_from_many_roots(tmp_path: Path) -> None:
    module = 'variable "m" {}\nresource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.m\n}\n'
    root = f'module "a" {{\n  source = "../../modules/agent"\n  m = "{OPUS}"\n}}\n'
    files = {"modules/agent/main.tf": module, **{f"envs/{name}/main.tf": root for name in ("prod", "staging", "blue")}}
    report = scan(write_tree(tmp_path, files), waived(path="modules/agent/**"), MINE)
    assert not report.findings
    assert {root for each in report.suppressed for root in each.finding.roots} == {"envs/blue", "envs/prod", "envs/staging"}


def test_nothing_is_said_of_waivers_where_a_part_is_scanned_or_they_lie_elsewhere(tmp_path: Path) -> None:
    policy = policy_of(waived(path="other.py"))
    resolved = resolve(write_tree(tmp_path, {"app.py": call()}), policy)
    [waiver] = policy.waivers
    assert waiver.location is not None
    outside = replace(policy, waivers=(replace(waiver, location=replace(waiver.location, path="../routelint.yaml")),))
    for governing, whole, count in ((policy, True, 1), (policy, False, 0), (outside, True, 0)):
        report = engine.judge(resolved, RULES, governing, catalog.load(), TODAY, whole=whole)
        assert len(told(report, "unused-suppression")) == count


def test_a_waiver_whose_files_could_not_be_read_is_not_called_unused(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": call() + "def broken(:\n"})
    assert not told(scan(folder, waived(rule="legacy-model")), "unused-suppression")
    assert told(scan(folder, waived(rule="legacy-model", path="b.py")), "unused-suppression")


@pytest.mark.parametrize(
    ("expires", "path", "message", "note"),
    [
        ("2026-11-24", "app.py", None, None),
        ("2026-11-23", "app.py", "mend what is back, or renew it", "2 findings are back"),
        ("2026-11-23", "one.py", "mend what is back, or renew it", "1 finding is back"),
        ("2026-11-23", "gone.py", "delete it", "nothing is left of what it covered"),
    ],
)
def test_a_waiver_that_has_ended_lists_what_is_back(
    expires: str, path: str, message: str | None, note: str | None, tmp_path: Path
) -> None:
    files = {"app.py": call() + f'client.converse(modelId="{OPUS}", messages=[])\n', "one.py": call()}
    report = scan(write_tree(tmp_path, files), waived(path=path, expires=expires), MINE)
    found = told(report, "expired-waiver")
    if message is None:
        assert not found
        return
    [finding] = found
    assert finding.message == f"the waiver of 'unjustified-premium-model' ended on 2026-11-23; {message}"
    assert finding.notes == (note,)
    assert {each.location.path for each in finding.related} <= {path}
    assert len(told(report, "unjustified-premium-model")) == 3


def test_what_is_said_of_suppressions_cannot_be_silenced(tmp_path: Path) -> None:
    policy = waived(rule="expired-waiver", path="routelint.yaml") + (
        "  - {rule: legacy-model, routes: [app.py], reason: old, expires: 2026-01-01}\n"
    )
    report = scan(write_tree(tmp_path, {"app.py": call()}), policy)
    assert told(report, "expired-waiver")
    assert "which may not be waived" not in str(report.suppressed)


def test_fingerprints_and_use_do_not_depend_on_what_is_reported(tmp_path: Path) -> None:
    policy = policy_of(waived(path="b.py"))
    collected = collect(write_tree(tmp_path, {"a.py": call(), "b.py": call()}))
    resolved = engine.resolve(collected.units, collected.tree, policy, catalog.load(), rule_ids=RULE_IDS)
    whole = engine.judge(resolved, RULES, policy, catalog.load(), TODAY)
    part = engine.judge(
        resolved, RULES, policy, catalog.load(), TODAY, reported=lambda path: path in ("a.py", "routelint.yaml")
    )
    assert part.findings == tuple(each for each in whole.findings if each.location.path != "b.py")
    assert not told(part, "unused-suppression")
    assert not part.suppressed
