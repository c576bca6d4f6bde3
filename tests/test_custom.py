"""Rules of an organisation's own: what they may ask, how their faults are told, what they find, and that they stay bounded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_texts import load
from routelint import catalog, custom, engine
from routelint.cli import main
from routelint.cli.commands import program
from routelint.model import Report, Severity
from routelint.policy import Fault, PolicyError
from routelint.policy.expressions import answer, fill, message_problems, problems
from routelint.policy.fields import FIELDS, NAMES, Kind
from routelint_rules import RULES
from scans import TODAY, policy_of, resolve, write_tree

ROOT = Path(__file__).parents[1]
OPUS = "us.anthropic.claude-opus-5-5"
AGENT = """\
resource "aws_bedrockagent_agent" "support" {
  agent_name       = "support"
  foundation_model = "%s"
  tags             = { team = "search", tier = var.unknown }
}
"""
CALL = """\
import boto3

client = boto3.client("bedrock-runtime", region_name="eu-west-1")
client.converse(modelId="%s", messages=[], inferenceConfig={"maxTokens": 4000})
"""
FILES = {"envs/dev/main.tf": AGENT % OPUS, "services/app.py": CALL % "amazon.nova-lite-v1:0"}


def policy(when: str, message: str = "found {model}", severity: str = "error", more: str = "") -> str:
    keys = f"when: {json.dumps(when)}\n    severity: {severity}\n    message: {json.dumps(message)}\n"
    return f"version: 1\ncustom_rules:\n  - id: ours\n    {keys}{more}"


def judged(folder: Path, text: str, files: dict[str, str] | None = None) -> Report:
    governing = policy_of(text)
    resolved = resolve(write_tree(folder, files or FILES), governing)
    return engine.judge(resolved, (*RULES, *custom.rules(governing)), governing, catalog.load(), TODAY)


def found(folder: Path, when: str, more: str = "", files: dict[str, str] | None = None) -> list[str]:
    """Where a rule of ours finds something."""
    report = judged(folder, policy(when, more=more), files)
    assert not [error for error in report.errors if error.internal]
    return [each.location.path for each in report.findings if each.rule == "ours"]


TF, PY = "envs/dev/main.tf", "services/app.py"


@pytest.mark.parametrize(
    ("when", "places"),
    [
        ("true", [TF, PY]),
        ("false", []),
        ('model.tier == "premium"', [TF]),
        (f'model.id == "{OPUS}" && model.catalog_id == "anthropic.claude-opus-5-5"', [TF]),
        ('model.provider == "amazon"', [PY]),
        ('model.family.contains("opus")', [TF]),
        ('model.modality == "text" && model.known', [TF, PY]),
        ('model.lifecycle == "active"', [TF, PY]),
        ('model.scope == "us"', [TF]),
        ('model.scope == ""', [PY]),
        ("model.input_usd_per_million_tokens > 1.0", [TF]),
        ("model.output_usd_per_million_tokens < 1.0", [PY]),
        ("model.blended_usd_per_million_tokens / 2.0 > 1.0", [TF]),
        ('resolution == "literal"', [TF, PY]),
        ('kind == "agent"', [TF]),
        ('sink == "bedrock-runtime.converse.modelId"', [PY]),
        ('language == "terraform"', [TF]),
        ('path.startsWith("services/")', [PY]),
        ('symbol.matches("^aws_bedrockagent_agent[.].*foundation_model$")', [TF]),
        ('root == "envs/dev"', [TF]),
        ('region == "eu-west-1"', [PY]),
        ('"dev" in environments', [TF]),
        ("environments.size() == 0", [PY]),
        ('environments.exists(e, e.startsWith("d"))', [TF]),
        ('workload == "support" && owner == "team-a" && task == "report" && audience == "internal"', [TF]),
        ('workload == ""', [PY]),
        ("taggable", [TF]),
        ('"team" in tag_keys', [TF]),
        ('!("cost" in tag_keys) && taggable', [TF]),
        ('"max_output_tokens" in settings && int(settings["max_output_tokens"]) > 1000', [PY]),
        ("!justified", [TF, PY]),
    ],
)
def test_a_rule_asks_for_a_field(when: str, places: list[str], tmp_path: Path) -> None:
    more = 'workloads: {support: {routes: ["envs/dev/**"], owner: team-a, task: report, audience: internal}}\n'
    assert found(tmp_path, when, more) == places


def test_the_table_above_asks_for_every_field() -> None:
    marks = test_a_rule_asks_for_a_field.pytestmark  # type: ignore[attr-defined]
    asked = " ".join(when for mark in marks for when, _ in mark.args[1])
    # What the tags are cannot be told where one of them cannot: the next test has them.
    assert [name for name in NAMES if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", asked)] == ["tags"]


@pytest.mark.parametrize(
    ("tags", "when", "fires"),
    [
        ('{ team = "search" }', 'tags.team == "search"', True),
        ('{ team = "search" }', '!("owner" in tags)', True),
        ('{ team = "search", x = var.x }', 'tags.team == "search"', False),
        ('{ team = "search", x = var.x }', '!("owner" in tags)', False),
        ('{ team = "search", x = var.x }', '!("owner" in tag_keys)', True),
        ("var.all", '!("owner" in tag_keys)', False),
        ("var.all", 'kind == "agent" || !("owner" in tags)', True),
    ],
)
def test_what_cannot_be_told_decides_nothing(tags: str, when: str, fires: bool, tmp_path: Path) -> None:
    text = AGENT.replace('{ team = "search", tier = var.unknown }', tags) % OPUS
    assert bool(found(tmp_path, when, files={"main.tf": text})) is fires


def test_a_model_that_the_catalog_does_not_know_has_no_price_and_no_tier(tmp_path: Path) -> None:
    files = {"app.py": CALL % "acme.unheard-of-v1:0"}
    for when in ("model.input_usd_per_million_tokens < 100.0", 'model.tier != "premium"', 'model.lifecycle != "active"'):
        assert not found(tmp_path, when, files=files)
    assert found(tmp_path, "!model.known", files=files)


def test_a_finding_of_a_custom_rule_is_like_any_other(tmp_path: Path) -> None:
    message = "{model} ({model.tier}, {model.input_usd_per_million_tokens}) in {environments}, {region}, {{x}}, {taggable}"
    report = judged(tmp_path, policy('"dev" in environments', message, "warning"))
    [finding] = [each for each in report.findings if each.rule == "ours"]
    assert finding.message == f"{OPUS} (premium, 4.4) in dev, unknown, {{x}}, true"
    assert (finding.severity, finding.model, finding.environments) == (Severity.WARNING, OPUS, ("dev",))
    assert (finding.location.path, finding.location.span.start_line) == (TF, 3)
    assert [(each.location.path, each.note) for each in finding.related] == [("routelint.yaml", "the rule is written here")]
    assert finding.fingerprint


def test_a_custom_rule_is_waived_ignored_and_set_like_any_other(tmp_path: Path) -> None:
    waiver = "waivers:\n  - {rule: ours, routes: ['envs/**'], reason: r, expires: 2027-01-01}\n"
    assert found(tmp_path / "waived", "true", waiver) == [PY]
    assert found(tmp_path / "rigid", "true", waiver + "rules: {ours: {waivable: false}}\n") == [TF, PY]
    assert found(tmp_path / "off", "true", "rules: {ours: off}\n") == []
    text = (CALL % OPUS).replace("client.converse", "# routelint: ignore[ours] -- agreed, OPS-1\nclient.converse")
    write_tree(tmp_path / "ignored", {"app.py": text, "routelint.yaml": policy("true")})
    report = json.loads(run(tmp_path / "ignored", "scan", "--format", "json"))
    assert [each["rule"] for each in report["suppressed"]] == ["ours"]
    assert not [each for each in report["findings"] if each["rule"] in ("ours", "suppression-without-reason")]


def test_the_list_of_rules_names_the_policys_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    write_tree(tmp_path, {"routelint.yaml": policy("true"), "faulty.yaml": "version: 1\nmodles: {}\n"})
    monkeypatch.chdir(tmp_path / "sub")
    runner = CliRunner()
    listed = runner.invoke(program, ["rules", "--format", "json"], standalone_mode=False)
    assert [each["id"] for each in json.loads(listed.stdout)["rules"]] == [*(rule.id for rule in RULES), "ours"]
    assert "  ours " in runner.invoke(program, ["rules", "--policy", "../routelint.yaml"], standalone_mode=False).stdout
    named = runner.invoke(program, ["rules", "--policy", "../faulty.yaml"])
    assert (named.exit_code, named.stdout) == (2, "")
    assert "modles" in named.stderr
    (tmp_path / "faulty.yaml").rename(tmp_path / "routelint.yaml")
    without = runner.invoke(program, ["rules"], standalone_mode=False)
    assert without.stdout.count("\n") > len(RULES)
    assert without.stderr == (
        "routelint: the policy found here has faults and adds no rules; 'routelint policy check' names them\n"
    )


def run(folder: Path, *arguments: str) -> str:
    command, *options = arguments
    result = CliRunner().invoke(program, [command, str(folder), *options], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.output


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_every_output_knows_a_custom_rule(format_: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {**FILES, "routelint.yaml": policy('model.tier == "premium"', more="    help: Ask us first.\n")})
    text = run(tmp_path, "scan", "--select", "ours", "--format", format_)
    assert "ours" in text
    if format_ == "sarif":
        driver = json.loads(text)["runs"][0]["tool"]["driver"]
        [rule] = [each for each in driver["rules"] if each["id"] == "ours"]
        assert rule["defaultConfiguration"]["level"] == "error"
        assert rule["shortDescription"]["text"] == "found <model>."
        assert "Ask us first." in rule["help"]["markdown"]
        assert 'model.tier == "premium"' in rule["help"]["text"]


def test_explain_knows_a_custom_rule(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write_tree(tmp_path, {"p.yaml": policy("kind == 'agent'")})
    assert main(["explain", "ours", "--policy", str(tmp_path / "p.yaml")]) == 0
    assert b"kind == 'agent'" in capsysbinary.readouterr().out


FIELD = "a route has no field"
FAULTS: dict[str, tuple[str, list[str]]] = {
    "a field that does not exist": (
        'model.lifecyle == "preview"',
        [f"4:12: {FIELD} 'model.lifecyle'; expected a field of a route; nearest 'model.lifecycle'"],
    ),
    "two of them": (
        '\\"prod\\" in enviroments && modle.id == kind',
        [
            f"4:24: {FIELD} 'enviroments'; expected a field of a route; nearest 'environments'",
            f"4:39: {FIELD} 'modle.id'; expected a field of a route; nearest 'model.id'",
        ],
    ),
    "a group": (
        "model == kind",
        [
            "4:12: 'model' is no value but a group of fields; expected one of model.id, model.catalog_id, model.known, "
            "model.provider, model.family, model.modality, model.tier, model.lifecycle, model.scope, "
            "model.input_usd_per_million_tokens, model.output_usd_per_million_tokens, model.blended_usd_per_million_tokens"
        ],
    ),
    "a type": ("kind == 1", ["4:17: '==' does not go with (string, int); expected operands of one type"]),
    "a price beside a whole number": (
        "model.input_usd_per_million_tokens > 5",
        ["4:47: '>' does not go with (double, int); expected a number with a point, such as 5.0, beside a price"],
    ),
    "no truth": ("kind", ["4:12: the expression is a string; expected one that is true or false"]),
    "syntax": (
        "kind ==",
        ["4:18: not CEL: mismatched input '<EOF>'; expected an expression such as 'model.tier == \"premium\"'"],
    ),
    "a function": ("sise(tags) > 1", ["4:12: there is no function 'sise'; expected a function of CEL's standard library"]),
    "map": ("tag_keys.map(k, k) == []", ["4:21: 'map' is not available in a rule; expected exists, all, exists_one or filter"]),
    "joined texts": (
        "path + kind == sink",
        ["4:17: '+' does not go with (string, string); expected a comparison: a rule does not join texts or lists"],
    ),
    "macros too deep": (
        "tag_keys.all(a, tag_keys.all(b, tag_keys.all(c, a == c)))",
        ["4:53: 'all' is nested too deep; expected at most 2 of them in one another"],
    ),
    "a regular expression": (
        "path.matches('(?=a)')",
        ["4:25: ''(?=a)'' is no regular expression; expected an expression that RE2 reads (invalid perl operator: (?=)"],
    ),
    "too deep": (
        "!(" * 60 + "true" + ")" * 60,
        ["4:12: the expression cannot be used: it is nested too deep; expected a simpler one"],
    ),
}


@pytest.mark.parametrize(("when", "faults"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_an_expression_is_told_at_its_place(when: str, faults: list[str]) -> None:
    text = f'version: 1\ncustom_rules:\n  - id: ours\n    when: "{when}"\n    severity: error\n    message: m\n'
    if '"' in when.replace('\\"', ""):
        text = text.replace(f'"{when}"', f"'{when}'")
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert caught.value.diagnostics().splitlines() == [f"routelint.yaml:{fault}" for fault in faults]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("when: kind == modle", "4:19"),
        ("when: 'kind == modle'", "4:20"),
        ("when: '''x'' == kind && modle == 1'", "4:29"),
        ('when: "\\"x\\" == kind && modle == 1"', "4:29"),
        ("when: |\n      kind == sink &&\n        modle == 1", "6:9"),
        ("when: >-\n      kind == sink\n      && modle == 1", "6:10"),
        ("when: kind == sink\n      && modle == 1", "5:10"),
        ('when: "\U0001f98a" == modle', None),
        ("when: '\"\U0001f98a\" == modle'", "4:19"),
    ],
)
def test_the_place_of_a_fault_is_exact_however_the_expression_is_written(written: str, place: str | None) -> None:
    text = f"version: 1\ncustom_rules:\n  - id: ours\n    {written}\n    severity: error\n    message: m\n"
    with pytest.raises(PolicyError) as caught:
        load(text)
    if place is not None:
        assert caught.value.diagnostics().split(": ")[0] == f"routelint.yaml:{place}"


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("no field", []),
        ("{model} {model.tier} {environments} {{braces}} {justified}", []),
        ("{modle}", ["the message names 'modle', which it cannot say; expected a field of a route; nearest 'model'"]),
        ("{tags}", ["the message names 'tags', which it cannot say; expected a field that is no map"]),
        ("{model", ["a '{' stands alone; expected '{field}', or '{{' and '}}' for the braces themselves"]),
        ("model}", ["a '}' stands alone; expected '{field}', or '{{' and '}}' for the braces themselves"]),
        ("{kidn} {}", ["names 'kidn', which", "names '', which"]),
    ],
)
def test_the_placeholders_of_a_message_are_checked(message: str, facts: list[str]) -> None:
    told = [
        "; ".join(filter(None, (each.fact, f"expected {each.expected}", f"nearest '{each.nearest}'" if each.nearest else "")))
        for each in message_problems(message)
    ]
    assert len(told) == len(facts)
    assert all(fact in said for fact, said in zip(facts, told, strict=True))


def test_ids_do_not_clash_with_built_in_ones() -> None:
    text = policy("true").replace("id: ours", "id: retired-model")
    with pytest.raises(PolicyError, match="has the id of a built-in rule"):
        load(text)


def test_an_expression_that_cannot_be_decided_is_said_once(tmp_path: Path) -> None:
    report = judged(tmp_path, policy('settings["max_output_tokens"] == "4000"'))
    assert [each.location.path for each in report.findings if each.rule == "ours"] == [PY]
    [notice] = [each for each in report.notices if "custom rule" in each]
    assert notice == (
        "custom rule 'ours' could not be decided 1 time: key not found in map : \"max_output_tokens\"; "
        "ask '\"max_output_tokens\" in tags' (or settings) first"
    )


def test_custom_rules_that_run_for_too_long_are_given_up_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "MOST_SECONDS", 0.0)
    report = judged(tmp_path, policy("true"))
    assert [error.message for error in report.errors if error.internal] == [
        "rule 'ours' failed: TimeoutError: the custom rules take more than 0 seconds; simplify their expressions"
    ]


LONG = ",".join("1" for _ in range(400))
HOSTILE = {
    "deep parentheses": "(" * 900 + "true" + ")" * 900,
    "deep lists": "[" * 900 + "]" * 900 + " == []",
    "many nots": "!" * 1990 + "true",
    "a long sum": "+".join(["1"] * 900) + " == 1",
    "a long chain of selectors": "tags" + ".a" * 900 + " == kind",
    "nested loops": f"[{LONG}].all(a, [{LONG}].all(b, a == b || a != b))",
    "lists of lists": f"[[{LONG}]].exists(a, [[{','.join(['a'] * 400)}]].exists(b, b == b))",
    "slow expressions in loops": f"[{LONG}].all(a, tag_keys.all(b, " + "&&".join(['!path.matches("(a|b)*c|x$")'] * 20) + "))",
    "a hostile regular expression": 'path.matches("(a+)+$b|((((a{99}){99}){99}){9})")',
    "overflow": "9223372036854775807 + 1 > 0",
    "division by zero": "1 / 0 == 1",
    "far dates": 'timestamp("9999-12-31T23:59:59Z") + duration("9999999s") > timestamp("1970-01-01T00:00:00Z")',
    "doubling by nesting": "[path].exists(a, [[a, a]].exists(b, [[b, b]].exists(c, c == c)))",
    "doubling by map": '["x"]' + ".map(a, a + a)" * 100 + " == []",
    "an open text": '"abc',
    "a null byte": "kind == \0",
    "half a character": 'kind == "\ud800"',
}
DATA: dict[str, object] = {
    "path": "ab" * 250,
    "kind": "agent",
    "tag_keys": ["k" * 500] * 50,
    "tags": {str(number): "v" * 500 for number in range(50)},
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_expression_is_refused_or_ends_soon(text: str) -> None:
    started = time.process_time()
    if not list(problems(text)):
        assert isinstance(answer(text, DATA), (bool, str))
    assert time.process_time() - started < 5


WORDS = st.sampled_from(
    [
        *NAMES,
        *("model", "modle.id", "==", "&&", "||", "!", "(", ")", "[", "]", '"x"', "'", '"', "1", "5.0", "in", ".", ","),
        *(".exists(", ".all(", ".map(", "a", "has(", "?", ":", "\n", "//", 'r"\\', "{", "}", "é🦊", "\\"),
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_text_has_faults_or_an_answer(text: str) -> None:
    told = list(problems(text))
    assert all(0 <= each.offset <= len(text) and each.fact for each in told)
    if not told:
        assert isinstance(answer(text, {"path": "a"}), (bool, str))


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="{} modelkindab.", max_size=40))
def test_any_message_has_faults_or_is_filled(message: str) -> None:
    if not list(message_problems(message)):
        filled = fill(message, {"model.id": "x", "kind": "agent"})
        assert len(filled) <= len(message) + 20 * message.count("{")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60))
def test_any_text_as_an_expression_of_a_policy_is_a_fault_with_a_place_or_a_rule(when: str) -> None:
    text = f"version: 1\ncustom_rules:\n  - id: ours\n    when: {json.dumps(when)}\n    severity: error\n    message: m\n"
    faults: tuple[Fault, ...] = ()
    try:
        load(text)
    except PolicyError as error:
        faults = error.faults
    assert all(fault.line >= 1 and fault.column >= 1 for fault in faults)


def test_the_values_are_those_of_the_table() -> None:
    assert list(custom._VALUES) == list(NAMES)


def test_the_manual_has_every_field_with_its_type_and_meaning() -> None:
    words = {Kind.TEXT: "text", Kind.NUMBER: "number", Kind.FLAG: "true or false", Kind.TEXTS: "list of texts", Kind.MAP: "map"}
    manual = (ROOT / "docs" / "policy.md").read_text("utf-8")
    rows = [f"| `{field.name}` | {words[field.kind]} | {field.description} |" for field in FIELDS]
    assert "\n".join(rows) in manual


def test_a_policy_without_custom_rules_imports_nothing_for_them() -> None:
    program_text = (
        "import sys; from routelint.cli import main; main(['scan', sys.argv[1]]); "
        "print([each for each in sys.modules if 'cel' in each or each.endswith(('.custom', '.expressions'))], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program_text, str(ROOT / "docs")], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert result.stderr.strip().endswith("[]")


def test_without_its_package_a_policy_says_what_to_install(tmp_path: Path) -> None:
    write_tree(tmp_path, {"p.yaml": policy("true")})
    program_text = (
        "import sys; sys.modules['cel_expr_python'] = None; from routelint.cli import main; "
        "sys.exit(main(['policy', 'check', sys.argv[1]]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program_text, str(tmp_path / "p.yaml")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr.strip().endswith(
        "p.yaml:4:12: custom rules need cel-expr-python; expected an install of routelint[cel]"
    )
