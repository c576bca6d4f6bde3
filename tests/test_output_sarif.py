from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import sarif_model
from reports import (
    AGENT,
    ANY_REPORT,
    EMPTY,
    FINDINGS,
    HOSTILE,
    HOSTILE_PATH,
    REPORTS,
    RICH,
    hop,
    printing,
)
from routelint.model import Edit, Fix, Location, Related, Report, ScanError, Severity, Span
from routelint.output import sarif
from routelint.output.sarif import Profile

HERE = Path(__file__).parent
VALIDATOR = Draft202012Validator(
    json.loads((HERE / "data" / "sarif-2.1.0.schema.json").read_text("utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def run_of(report: Report, profile: Profile = Profile.GITHUB, **changes: object) -> dict[str, Any]:
    """The one run of a report's log, which is valid by the schema and the object model."""
    log = json.loads(sarif.scan(report, printing(**changes), profile))
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(log)] == []
    sarif_model.read(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results_of(report: Report, profile: Profile = Profile.GITHUB, **changes: object) -> list[dict[str, Any]]:
    results = run_of(report, profile, **changes)["results"]
    assert isinstance(results, list)
    return results


def addresses(value: object) -> Iterator[dict[str, str]]:
    """Every artifact location in a JSON value."""
    if isinstance(value, dict):
        if "uri" in value:
            yield value
        for each in value.values():
            yield from addresses(each)
    elif isinstance(value, list):
        for each in value:
            yield from addresses(each)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("profile", Profile)
def test_golden(name: str, profile: Profile, golden: Callable[[Path, str], None]) -> None:
    written = sarif.scan(REPORTS[name], printing(repository_prefix="work/", exit_code=1), profile)
    # Indented, so that a difference can be read.
    golden(HERE / "cases_output" / f"scan-{name}-{profile}.sarif", json.dumps(json.loads(written), indent=2) + "\n")
    run_of(REPORTS[name], profile)


@settings(max_examples=30)
@given(ANY_REPORT, st.sampled_from(Profile))
def test_any_report_is_valid_and_its_fingerprints_are_unique(report: Report, profile: Profile) -> None:
    run = run_of(report, profile)
    assert len(run["results"]) == len(report.findings) + (len(report.suppressed) if profile is Profile.FULL else 0)
    prints = [result["partialFingerprints"][sarif.FINGERPRINT] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == sorted(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    for address in addresses(run):
        parts = urlsplit(address["uri"])
        assert (parts.scheme, parts.netloc) == ("", "")
        assert not address["uri"].startswith("/")
        assert ".." not in address["uri"].split("/")
        assert address["uriBaseId"] == sarif.ROOT
    assert sarif.scan(report, printing(), profile) == sarif.scan(report, printing(), profile)


def test_addresses_stand_only_where_the_project_is_published() -> None:
    unpublished = sarif.scan(RICH, printing())
    assert "helpUri" not in unpublished
    assert "informationUri" not in unpublished
    published = printing(home="https://routelint.example", manual="https://routelint.example/rules.html")
    driver = json.loads(sarif.scan(RICH, published))["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == "https://routelint.example"
    assert [rule["helpUri"] for rule in driver["rules"]] == [
        f"https://routelint.example/rules.html#{rule['id']}" for rule in driver["rules"]
    ]


def test_the_driver_describes_every_rule() -> None:
    driver = run_of(EMPTY)["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("routelint", "0.1.0")
    rules = {rule["id"]: rule for rule in driver["rules"]}
    premium = rules["unjustified-premium-model"]
    assert premium["name"] == "UnjustifiedPremiumModel"
    assert premium["shortDescription"]["text"] == "A premium model without a valid justification."
    assert premium["fullDescription"]["text"].startswith("Reports a route that takes a model it should not take")
    assert premium["help"]["markdown"].startswith("# unjustified-premium-model\n\n## What it does")
    assert "##" not in premium["help"]["text"]
    assert "`" not in premium["help"]["text"]
    assert premium["defaultConfiguration"] == {"level": "error"}
    assert premium["properties"] == {
        "category": "route",
        "tags": ["bedrock", "cost", "route"],
        "precision": "high",
        "problem.severity": "error",
    }
    assert rules["unresolved-model"]["properties"]["problem.severity"] == "recommendation"
    assert rules["hardcoded-model"]["defaultConfiguration"] == {"enabled": False, "level": "note"}
    assert not any("security-severity" in rule["properties"] for rule in rules.values())


def test_a_rule_of_the_policy_is_described_by_its_findings() -> None:
    report = Report((replace(FINDINGS[0], rule="no-preview-in-prod"),))
    (result,) = results_of(report)
    rule = run_of(report)["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "no-preview-in-prod"
    assert rule["shortDescription"]["text"] == "The policy's own rule 'no-preview-in-prod'."


@pytest.mark.parametrize(
    ("severity", "level"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "note"), (Severity.OFF, "none")],
)
def test_severities_are_levels(severity: Severity, level: str) -> None:
    assert results_of(Report((replace(FINDINGS[0], severity=severity),)))[0]["level"] == level


def test_places_are_exact_and_relative_to_the_repository() -> None:
    run = run_of(Report(FINDINGS[:1]), repository_prefix="services/my app/")
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"].keys() == {sarif.ROOT}
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "services/my%20app/infra/main.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "startColumn": 29, "endLine": 7, "endColumn": 38},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "aws_bedrockagent_agent.support.foundation_model"}]


def test_a_whole_file_is_its_first_line() -> None:
    (result,) = results_of(Report((FINDINGS[5],)))
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_the_trail_flows_from_where_the_value_was_written_to_the_sink() -> None:
    trail = (
        hop("infra/main.tf", "var.model", "argument of module.agent"),
        hop("infra/dev.tfvars", "model", "dev.tfvars sets it"),
    )
    (result,) = results_of(Report((replace(FINDINGS[0], trail=trail, related=()),)))
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    assert [step["location"]["message"]["text"] for step in thread["locations"]] == [
        "dev.tfvars sets it",
        "argument of module.agent",
        "the route takes it here",
    ]
    assert [place["message"]["text"] for place in result["relatedLocations"]] == [
        "argument of module.agent",
        "dev.tfvars sets it",
    ]
    assert [place["id"] for place in result["relatedLocations"]] == [1, 2]


def test_a_value_written_at_the_sink_has_no_flow() -> None:
    (result,) = results_of(Report((replace(FINDINGS[0], trail=(), related=()),)))
    assert "codeFlows" not in result
    assert "relatedLocations" not in result


def test_a_related_place_outside_the_repository_is_named_in_words() -> None:
    related = (Related(Location("../shared/policy.yaml", Span(3, 1, 3, 2)), "the limit"),)
    (result,) = results_of(Report((replace(FINDINGS[0], trail=(), related=related),)))
    assert result["relatedLocations"] == [{"id": 1, "message": {"text": "the limit (../shared/policy.yaml)"}}]


def test_messages_cannot_hold_links() -> None:
    (result,) = results_of(
        Report((replace(FINDINGS[0], message="use [this](https://evil.example) \\ x", notes=("a [b](1)",)),))
    )
    assert result["message"] == {"text": "use \\[this\\](https://evil.example) \\\\ x.\na \\[b\\](1)."}


def test_fixes_group_their_edits_by_file() -> None:
    result = next(result for result in results_of(RICH) if "fixes" in result)
    replace_model, change_default = result["fixes"]
    assert replace_model["description"]["text"] == "replace the model with 'amazon.nova-lite-v1:0'."
    (change,) = replace_model["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 7, "startColumn": 29, "endLine": 7, "endColumn": 38},
            "insertedContent": {"text": '"amazon.nova-lite-v1:0"'},
        }
    ]
    assert [change["artifactLocation"]["uri"] for change in change_default["artifactChanges"]] == [
        "infra/variables.tf",
        "infra/dev.tfvars",
    ]
    assert "insertedContent" not in change_default["artifactChanges"][1]["replacements"][0]
    assert change_default["properties"] == {"safe": True}


def test_a_fix_outside_the_repository_is_left_out() -> None:
    fixes = (Fix("x", (Edit("../a.tf", Span(1, 1, 1, 2), ""),)), Fix("nothing", ()))
    (result,) = results_of(Report((replace(FINDINGS[0], fixes=fixes),)))
    assert "fixes" not in result


def test_equal_fixes_stand_once() -> None:
    (result,) = results_of(Report((replace(FINDINGS[1], fixes=FINDINGS[1].fixes * 2),)))
    assert len(result["fixes"]) == 2


def test_the_full_profile_holds_what_was_suppressed_and_the_github_profile_does_not() -> None:
    assert not any("suppressions" in result for result in results_of(RICH))
    suppressed = [result for result in results_of(RICH, Profile.FULL) if "suppressions" in result]
    assert [result["suppressions"] for result in suppressed] == [
        [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "frozen until the March migration, OPS-77",
                "properties": {"by": "waiver"},
            }
        ]
    ]
    inline = replace(RICH, suppressed=(replace(RICH.suppressed[0], by="directive"),))
    found = [result["suppressions"][0]["kind"] for result in results_of(inline, Profile.FULL) if "suppressions" in result]
    assert found == ["inSource"]


def test_equal_fingerprints_are_numbered() -> None:
    found = [result["partialFingerprints"]["routelint/v1"] for result in results_of(Report(FINDINGS[:1] * 3))]
    assert found == ["0a" * 16, "0a" * 16 + ":2", "0a" * 16 + ":3"]


def test_each_result_is_a_line() -> None:
    lines = sarif.scan(RICH, printing()).splitlines()
    assert sum(line.strip().startswith('{"ruleId"') for line in lines) == len(RICH.findings)


def test_results_come_worst_first() -> None:
    levels = [result["level"] for result in results_of(RICH)]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_what_could_not_be_read_is_a_notification() -> None:
    report = replace(RICH, errors=(*RICH.errors, ScanError(".", "rule 'x' failed: KeyError: 'y'", internal=True)))
    (invocation,) = run_of(report, exit_code=3)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    first, _, last = invocation["toolExecutionNotifications"]
    assert first == {
        "descriptor": {"id": "unread-file"},
        "level": "warning",
        "message": {"text": "legacy/latin.tf: not UTF-8 text: byte 0xff on line 3."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "legacy/latin.tf", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 2},
                }
            }
        ],
    }
    assert (last["descriptor"]["id"], last["level"], "locations" in last) == ("internal-error", "error", False)
    (remark,) = invocation["toolConfigurationNotifications"]
    assert remark["message"]["text"] == "the catalog's prices are of 2026-08-01, 115 days old."


def test_findings_do_not_make_a_run_unsuccessful() -> None:
    (invocation,) = run_of(RICH, exit_code=1)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)


def test_scans_of_two_folders_do_not_overwrite_each_other() -> None:
    found = {run_of(EMPTY, repository_prefix=prefix)["automationDetails"]["id"] for prefix in ("", "infra/", "services/a b/")}
    assert found == {"routelint/", "routelint/infra/", "routelint/services/a%20b/"}


def test_limits_of_code_scanning_cut_the_github_profile_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    monkeypatch.setattr(sarif, "MOST_LOCATIONS", 2)
    monkeypatch.setattr(sarif, "MOST_FLOW_STEPS", 4)
    steps = tuple(hop("infra/variables.tf", "model", f"step {number}") for number in range(9))
    findings = (
        *(replace(FINDINGS[4], fingerprint=str(number)) for number in range(6)),
        replace(FINDINGS[0], trail=steps, related=()),
    )
    run = run_of(Report(findings))
    assert [result["level"] for result in run["results"]] == ["error", "note", "note"]
    worst = run["results"][0]
    assert len(worst["relatedLocations"]) == 2
    flow = worst["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in flow] == ["step 8", "step 7", "step 6", "the route takes it here"]
    assert [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]] == [
        "4 results left out: code scanning takes at most 3, the worst come first.",
        "7 related locations left out: code scanning takes at most 2, the worst come first.",
        "6 flow steps left out: code scanning takes at most 4, the worst come first.",
    ]
    whole = run_of(Report(findings), Profile.FULL)
    assert len(whole["results"]) == 7
    assert len(whole["results"][0]["relatedLocations"]) == 9
    assert whole["invocations"][0]["toolExecutionNotifications"] == []


def test_the_real_limits_are_those_of_github() -> None:
    assert (sarif.MOST_RESULTS, sarif.MOST_LOCATIONS, sarif.MOST_FLOW_STEPS, sarif.MOST_TAGS) == (25_000, 1_000, 10_000, 20)


def test_25_001_results_are_cut_to_25_000() -> None:
    findings = tuple(replace(FINDINGS[2], fingerprint=f"{number}", statement=AGENT.span) for number in range(25_001))
    log = json.loads(sarif.scan(Report(findings), printing()))
    assert len(log["runs"][0]["results"]) == 25_000
    assert log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("1 result left out")


def test_a_hostile_name_is_one_percent_encoded_path() -> None:
    found = {address["uri"] for address in addresses(results_of(HOSTILE)) if address["uri"] not in ("gone.tf", "b.tf")}
    assert len(found) == 1
    (address,) = found
    assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2}|/)+", address)
    assert address.count("/") == HOSTILE_PATH.count("/")


@pytest.fixture(scope="session")
def multitool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SARIF multitool, installed once into a cached folder; without npm the test is skipped, but not in CI."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "routelint-tests" / "sarif-multitool-5.7.0"
    package = f"@microsoft/sarif-multitool-{sys.platform}"
    binary = cache / "node_modules" / package / ("Sarif.Multitool.exe" if sys.platform == "win32" else "Sarif.Multitool")
    if not binary.exists():
        npm = shutil.which("npm")
        reason = "npm is not installed"
        if npm is not None:
            cache.mkdir(parents=True, exist_ok=True)
            command = [npm, "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run([*command, f"{package}@5.7.0"], capture_output=True, text=True, timeout=300, check=False)
            reason = f"npm cannot install the multitool: {done.stderr[-500:]}"
        if not binary.exists():
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    binary.chmod(0o755)
    return binary


@pytest.mark.slow
@pytest.mark.xdist_group("multitool")
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("published", [True, False], ids=["published", "not published"])
def test_the_multitool_finds_no_fault(profile: Profile, published: bool, multitool: Path, tmp_path: Path) -> None:
    home = {"home": "https://routelint.example", "manual": "https://routelint.example/rules.html"} if published else {}
    for name, report in REPORTS.items():
        written = sarif.scan(report, printing(repository_prefix="a b/", **home), profile)
        (tmp_path / f"{name}.sarif").write_text(written, "utf-8")
    logs = [str(tmp_path / f"{name}.sarif") for name in REPORTS]
    done = subprocess.run(
        [str(multitool), "validate", *logs, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    said = [line for line in done.stdout.splitlines() if re.search(r": (error|warning) ", line)]
    # A project without an address can give none: that alone is missed, once per log.
    assert [line for line in said if published or "SARIF2005" not in line] == []
    assert len(said) == (0 if published else len(logs))
    assert f"{len(logs)} files scanned" in done.stdout
    assert done.returncode == 0


@pytest.mark.slow
@pytest.mark.xdist_group("multitool")
def test_the_multitool_finds_a_fault_where_there_is_one(multitool: Path, tmp_path: Path) -> None:
    log = json.loads(sarif.scan(RICH, printing()))
    del log["runs"][0]["results"][0]["locations"]
    (tmp_path / "broken.sarif").write_text(json.dumps(log), "utf-8")
    done = subprocess.run(
        [str(multitool), "validate", str(tmp_path / "broken.sarif"), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    assert "error GH" in done.stdout
