"""Tests of a policy: what they compare, how a difference reads, what is a fault of the file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

import routelint_schemas
from routelint.cli.commands import program
from routelint.model import Finding, Location, Severity, Span
from routelint.policy import PolicyError
from routelint.policy_tests import Expected, compare, load
from scans import RULE_IDS, write_tree

HEAD = "version: 1\ntoday: 2026-11-24\ntests:\n"
POLICY = """\
version: 1
environments: {dev: {max_tier: economy}}
justification:
  roles: {finance: {approvers: ["@acme/finops"]}}
justifications:
  - id: FIN-7
    models: ["anthropic.claude-opus-5-5"]
    routes: ["review/**"]
    reason: measured
    approvals: {finance: {by: "@acme/finops", on: 2026-09-01}}
    expires: 2027-01-31
"""
CASE = """\
  - name: {name}
{more}    files:
      {path}: |
        resource "aws_bedrockagent_agent" "a" {{
          foundation_model = "{model}"
        }}
    expect: {expect}
"""
OPUS = "anthropic.claude-opus-5-5"
UNJUSTIFIED = "rules: [unjustified-premium-model]"


def case(name: str = "a test", path: str = "app/main.tf", model: str = OPUS, expect: str = "[]", *more: str) -> str:
    """One test of a file, with further keys."""
    lines = "".join(f"    {each}\n" for each in more)
    return CASE.format(name=name, path=path, model=model, expect=expect, more=lines)


def run(folder: Path, *cases: str, arguments: tuple[str, ...] = (), policy: str = POLICY, text: str | None = None) -> Result:
    files = {"routelint.yaml": policy, "a.routelint-test.yaml": HEAD + "".join(cases) if text is None else text}
    write_tree(folder, files)
    return CliRunner().invoke(program, ["policy", "test", str(folder), *arguments], standalone_mode=False)


def status(result: Result) -> object:
    assert result.exception is None, result.exception
    return result.return_value


def test_a_test_that_holds_passes(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        case("justified", "review/main.tf", OPUS, "[]", UNJUSTIFIED),
        case("another place", "app/main.tf", OPUS, "[{rule: unjustified-premium-model, path: app/main.tf}]", UNJUSTIFIED),
    )
    assert status(result) == 0
    assert result.output == "ok    justified\nok    another place\n2 tests in 1 file: 2 passed, 0 failed\n"


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ("{line: 2}", None),
        ("{symbol: 'aws_bedrockagent_agent.a*'}", None),
        ("{severity: error, model: '*opus*', environments: [dev]}", None),
        ("{message: '*allows at most economy*'}", None),
        ("{line: 3}", "line is '2', expected '3'"),
        ("{symbol: aws_bedrockagent_agent.b}", "symbol is 'aws_bedrockagent_agent.a.foundation_model', expected"),
        ("{severity: note}", "severity is 'error', expected 'note'"),
        ("{model: '*haiku*'}", f"model is '{OPUS}', expected '*haiku*'"),
        ("{environments: []}", "environments is 'dev', expected 'none'"),
        ("{environments: [dev, test], line: 1}", "line is '2', expected '1', environments is 'dev', expected 'dev, test'"),
    ],
)
def test_what_is_written_of_a_finding_is_compared(expect: str, difference: str | None, tmp_path: Path) -> None:
    wanted = "[{rule: model-above-environment-tier, path: envs/dev/main.tf, " + expect[1:] + "]"
    result = run(tmp_path, case("dev", "envs/dev/main.tf", OPUS, wanted, "rules: [model-above-environment-tier]"))
    assert status(result) == (0 if difference is None else 1)
    if difference is not None:
        assert f"  ~ error model-above-environment-tier envs/dev/main.tf:2: {difference}" in result.output


def test_a_difference_names_what_is_missing_and_what_nobody_expected(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        case("a", "app/main.tf", OPUS, "[{rule: retired-model, path: app/main.tf, severity: error, line: 2}]", UNJUSTIFIED),
    )
    assert status(result) == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("FAIL  a (")
    assert lines[0].endswith("a.routelint-test.yaml:4)")
    assert lines[1] == "  - error retired-model app/main.tf:2: expected, not found"
    assert lines[2] == "  + error unjustified-premium-model app/main.tf:2: found, not expected"
    assert lines[3].startswith(f"    '{OPUS}' is a premium model")
    assert lines[4:] == ["1 test in 1 file: 0 passed, 1 failed"]


def test_a_test_judges_as_of_its_own_day(tmp_path: Path) -> None:
    expect = "[{rule: unjustified-premium-model, path: review/main.tf}]"
    result = run(tmp_path, case("later", "review/main.tf", OPUS, expect, UNJUSTIFIED, "today: 2027-02-01"))
    assert status(result) == 0


def test_a_rule_about_the_policy_is_judged_where_the_test_names_it(tmp_path: Path) -> None:
    expect = "[{rule: unused-justification, path: routelint.yaml, line: 6}]"
    result = run(
        tmp_path,
        case("named", "app/main.tf", "amazon.nova-lite-v1:0", expect, "rules: [unused-justification]"),
        case("not named", "app/main.tf", "amazon.nova-lite-v1:0", "[]", "rules: [unresolved-model]"),
    )
    assert status(result) == 0


def test_what_directives_silence_can_be_compared(tmp_path: Path) -> None:
    ignored = f'{OPUS}"  # routelint: ignore[unjustified-premium-model] -- trial, OPS-1\n          name = "a'
    suppressed = "suppressed: [{rule: unjustified-premium-model, path: app/main.tf}]"
    assert status(run(tmp_path, case("a", "app/main.tf", ignored, "[]", UNJUSTIFIED, suppressed))) == 0
    result = run(tmp_path, case("a", "app/main.tf", ignored, "[]", UNJUSTIFIED, "suppressed: []"))
    assert status(result) == 1
    assert "+ suppressed: error unjustified-premium-model" in result.output


def test_json_holds_the_same(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        case("a", "app/main.tf", OPUS, "[{rule: unjustified-premium-model, path: app/main.tf, line: 1}]", UNJUSTIFIED),
        arguments=("--format", "json"),
    )
    document = json.loads(result.output)
    assert (document["passed"], document["failed"]) == (0, 1)
    [changed] = document["tests"][0]["changed"]
    assert changed["differences"] == {"line": {"expected": "1", "found": "2"}}
    assert changed["found"]["model"] == OPUS


FAULTS: dict[str, tuple[str, list[str]]] = {
    "a misspelt key": (
        case("a").replace("expect:", "expct:"),
        [
            "4:5: key 'expect' is missing; expected it in tests[0]",
            "10:5: unknown key 'expct' in tests[0]; expected one of name, today, rules, files, expect, suppressed; "
            "nearest key 'expect'",
        ],
    ),
    "a rule that does not exist": (
        case("a", expect="[{rule: retired-modell, path: app/main.tf}]"),
        [
            "10:21: no rule is called 'retired-modell'; expected the id of a rule; 'routelint rules' lists them; "
            "nearest 'retired-model'"
        ],
    ),
    "a file the test does not have": (
        case("a", expect="[{rule: retired-model, path: app/mian.tf}]"),
        ["10:42: the test has no file 'app/mian.tf'; expected one of its files; nearest 'app/main.tf'"],
    ),
    "a file outside": (
        case("a", path="../main.tf"),
        ["6:7: file '../main.tf' is not in the repository; expected a path relative to its root, without '..'"],
    ),
    "a day that does not exist": (
        case("a", "app/main.tf", OPUS, "[]", "today: 2026-02-30"),
        ["5:12: tests[0].today is '2026-02-30'; expected a day that exists, as YYYY-MM-DD"],
    ),
    "a severity that does not exist": (
        case("a", expect="[{rule: retired-model, path: app/main.tf, severity: eror}]"),
        ["10:65: tests[0].expect[0].severity is 'eror'; expected one of error, warning, note; nearest 'error'"],
    ),
    "one name twice": (case("a") + case("a"), ["11:11: test 'a' is there twice; first on line 4; expected each name once"]),
    "two faults of two kinds": (
        case("a", expect="[{rule: retired-modell, path: app/main.tf, lines: 3}]"),
        [
            "10:21: no rule is called 'retired-modell'; expected the id of a rule; 'routelint rules' lists them; "
            "nearest 'retired-model'",
            "10:56: unknown key 'lines' in tests[0].expect[0]; expected one of rule, path, line, symbol, severity, model, "
            "environments, message; nearest key 'line'",
        ],
    ),
}


@pytest.mark.parametrize(("text", "faults"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place_and_the_nearest_word(text: str, faults: list[str]) -> None:
    with pytest.raises(PolicyError) as caught:
        load(HEAD + text, "a.routelint-test.yaml", lambda named: RULE_IDS)
    assert caught.value.diagnostics().splitlines() == [f"a.routelint-test.yaml:{fault}" for fault in faults]


@pytest.mark.parametrize("text", ["", "version: 1\n", HEAD + "  - x\n", "{", HEAD + "  - {name: a, files: [], expect: {}}\n"])
def test_what_is_no_file_of_tests_is_a_fault(text: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        load(text, "a.routelint-test.yaml", lambda named: RULE_IDS)


def exit_of(*arguments: str) -> int:
    """The exit status of the program, as a shell sees it."""
    from routelint.cli import main

    return main(["policy", "test", *arguments])


def test_faults_of_tests_and_of_the_policy_exit_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(tmp_path, {"routelint.yaml": POLICY, "a.routelint-test.yaml": HEAD + case("a").replace("expect", "expct")})
    assert exit_of(str(tmp_path)) == 2
    assert "nearest key 'expect'" in capsys.readouterr().err
    write_tree(tmp_path, {"routelint.yaml": "version: 2\n", "a.routelint-test.yaml": HEAD + case("a")})
    assert exit_of(str(tmp_path)) == 2
    assert "routelint.yaml:1:10: version is 2" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["", "missing", "routelint.yaml"], ids=["no tests", "no such path", "no test file"])
def test_nothing_to_run_exits_with_2(argument: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(tmp_path, {"routelint.yaml": POLICY})
    assert exit_of(str(tmp_path / argument)) == 2
    assert capsys.readouterr().err


def test_the_policy_may_be_named(tmp_path: Path) -> None:
    text = HEAD.replace("tests:", "policy: ../org.yaml\ntests:") + case(
        "a", "app/main.tf", OPUS, "[{rule: model-not-allowed, path: app/main.tf}]", "rules: [model-not-allowed]"
    )
    write_tree(tmp_path, {"org.yaml": "version: 1\nmodels: {deny: ['*opus*']}\n", "tests/a.routelint-test.yaml": text})
    assert exit_of(str(tmp_path / "tests")) == 0


def test_the_code_in_tests_is_not_scanned(tmp_path: Path) -> None:
    write_tree(tmp_path, {"routelint.yaml": POLICY, "a.routelint-test.yaml": HEAD + case("a")})
    result = CliRunner().invoke(program, ["inventory", str(tmp_path), "--format", "json"], standalone_mode=False)
    assert json.loads(result.output)["routes"] == []


def test_the_example_of_the_manual_holds(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[1] / "docs" / "policy.md").read_text("utf-8")
    [example] = re.findall(r"```yml\n(.*?)```", manual, re.DOTALL)
    assert status(run(tmp_path, policy="version: 1\n", text=example)) == 0


def test_a_custom_rule_is_tested_like_any_other(tmp_path: Path) -> None:
    own = "version: 1\ncustom_rules:\n  - {id: ours, when: 'kind == \"agent\"', severity: note, message: an agent}\n"
    expect = "[{rule: ours, path: app/main.tf, severity: note, message: an agent}]"
    assert status(run(tmp_path, case("a", "app/main.tf", OPUS, expect, "rules: [ours]"), policy=own)) == 0


def test_code_owners_are_tested_where_the_test_has_them(tmp_path: Path) -> None:
    text = HEAD + (
        "  - name: a\n    rules: [unprotected-policy]\n    files: {CODEOWNERS: '* @acme/developers'}\n"
        "    expect: [{rule: unprotected-policy, path: CODEOWNERS, line: 1}]\n"
    )
    assert status(run(tmp_path, text=text)) == 0


def finding(line: int, rule: str = "retired-model") -> Finding:
    span = Span(line, 1, line, 2)
    return Finding(rule, Severity.ERROR, "m", Location("a.tf", span), span)


def test_expectations_that_several_findings_would_answer_are_assigned_as_well_as_can_be() -> None:
    loose, tight = Expected("retired-model", "a.tf"), Expected("retired-model", "a.tf", line=1)
    found = [finding(1), finding(2)]
    assert compare([loose, tight], found).same
    assert compare([tight, loose], found[::-1]).same
    assert not compare([tight, tight], found).same
    assert compare([replace(tight, line=2), tight, loose], [*found, finding(3)]).same


def test_the_schema_is_valid_and_so_are_its_examples() -> None:
    schema = json.loads(routelint_schemas.text("policy-test"))
    jsonschema.Draft202012Validator.check_schema(schema)
    test = {**schema["$defs"]["test"], "$defs": schema["$defs"]}
    for key, part in test["properties"].items():
        for example in part.get("examples", []):
            valid = {"name": "a", "files": {}, "expect": []} | {key: example}
            assert jsonschema.Draft202012Validator(test).is_valid(valid), key
