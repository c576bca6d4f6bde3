"""Real command lines run as processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scans import write_tree

OPUS = "global.anthropic.claude-opus-5-5"
CALL = f"""\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{OPUS}", messages=[])
"""
CHEAP = CALL.replace(OPUS, "amazon.nova-lite-v1:0")
AGENT = """\
resource "aws_bedrockagent_agent" "a" {
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = { team = "a", project = "b", environment = "prod" }
}
"""
MODULE = """\
variable "model" {}
resource "aws_bedrockagent_agent" "a" {
  foundation_model = var.model
}
"""


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "routelint", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "repository", {"app.py": CALL, "cheap.py": CHEAP, "infra/main.tf": AGENT})


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["scan", "."], 1),
        (["scan", "--fail-on", "never", "."], 0),
        (["scan", "cheap.py"], 0),
        (["scan", "infra"], 0),
        (["scan", "--select", "unknown-model", "."], 0),
        (["scan", "--ignore", "unjustified-premium-model", "."], 0),
        (["scan", "--min-resolved", "100", "cheap.py"], 0),
        (["inventory", "."], 0),
        (["scan", "no-such-folder"], 2),
        (["scan", "--no-such-flag"], 2),
        (["scan", "--select", "no-such-rule"], 2),
        (["scan", "--today", "yesterday"], 2),
        (["scan", "--format", "yaml"], 2),
        (["scan", "--format", "json", "--format", "sarif"], 2),
        (["scan", "--policy", "no-such-policy.yaml"], 2),
        (["no-such-command"], 2),
        (["explain", "no-such-rule"], 2),
        (["catalog", "no-such-model"], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["rules"], 0),
        (["explain", "legacy-model"], 0),
        (["catalog"], 0),
        (["catalog", "bedrock/converse/us.amazon.nova-lite-v1:0"], 0),
        (["policy", "show"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_exit_status(arguments: list[str], status: int, folder: Path) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert (done.stderr != "") is (status == 2)


def test_a_wrong_name_is_answered_with_the_nearest_one(folder: Path) -> None:
    assert "did you mean 'legacy-model'" in run("explain", "legacy-modell", cwd=folder).stderr
    assert "did you mean 'inventory'" in run("inventori", cwd=folder).stderr
    assert "did you mean 'retired-model'" in run("scan", "--ignore", "retire-model", cwd=folder).stderr
    assert "did you mean 'amazon.nova-lite-v1:0'" in run("catalog", "amazon.nova-lite-v1", cwd=folder).stderr


def test_several_outputs_of_one_scan(folder: Path) -> None:
    done = run("scan", "--format", "sarif=out.sarif", "--format", "json=out.json", "--format", "text", cwd=folder)
    assert done.returncode == 1
    assert "unjustified-premium-model" in done.stdout
    sarif = json.loads((folder / "out.sarif").read_text("utf-8"))
    report = json.loads((folder / "out.json").read_text("utf-8"))
    assert {each["ruleId"] for each in sarif["runs"][0]["results"]} == {each["rule"] for each in report["findings"]}
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_an_output_that_cannot_be_written_is_a_clear_error(folder: Path) -> None:
    done = run("scan", "--format", "json", "--output", "no-such-folder/out.json", cwd=folder)
    assert done.returncode == 2
    assert "cannot write 'no-such-folder/out.json'" in done.stderr


def test_a_changed_file_is_reported_and_its_unit_is_read(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "modules/a/main.tf": MODULE,
        "envs/dev/main.tf": f'module "a" {{\n  source = "../../modules/a"\n  model  = "{OPUS}"\n}}\n',
        "app.py": CALL,
    }
    folder = write_tree(tmp_path, files)
    report = json.loads(run("scan", "--format", "json", "modules/a/main.tf", cwd=folder).stdout)
    assert {each["path"] for each in report["findings"]} == {"modules/a/main.tf"}
    assert "model-above-environment-tier" in {each["rule"] for each in report["findings"]}
    through_caller = json.loads(run("scan", "--format", "json", "envs/dev/main.tf", cwd=folder).stdout)
    assert "model-above-environment-tier" in {each["rule"] for each in through_caller["findings"]}


def test_the_policy_is_found_upward_and_named_in_the_report(folder: Path) -> None:
    write_tree(folder, {".git/HEAD": "ref: refs/heads/main\n", "routelint.yaml": "version: 1\nmodels: {deny: ['amazon.*']}\n"})
    report = json.loads(run("scan", "--format", "json", ".", cwd=folder / "infra").stdout)
    assert report["policy"].endswith("routelint.yaml")
    assert "model-not-allowed" in {each["rule"] for each in report["findings"]}


FAULTY = """\
version: 1
teirs: {}
environments:
  dev: {max_tier: economi}
rules:
  legacy-modell: error
  retired-model: fatal
justification: {max_days: many}
version: 1
"""


def test_every_fault_of_a_policy_is_said_at_once(folder: Path) -> None:
    write_tree(folder, {"routelint.yaml": FAULTY})
    for arguments in (["scan", "."], ["inventory", "."], ["policy", "check"], ["policy", "show"], ["catalog"]):
        done = run(*arguments, cwd=folder)
        assert done.returncode == 2
        lines = done.stderr.splitlines()
        for place in (
            "routelint.yaml:2:1",
            "routelint.yaml:4:19",
            "routelint.yaml:6:3",
            "routelint.yaml:7:18",
            "routelint.yaml:8:27",
        ):
            assert any(line.startswith(place) for line in lines), (place, lines)
        assert any("'tiers'" in line for line in lines)
        assert any("'legacy-model'" in line for line in lines)
        assert "Traceback" not in done.stderr


def test_a_policy_of_exploding_anchors_is_refused_quickly(folder: Path) -> None:
    levels = "\n".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" if n else "x0: &x0 [a]" for n in range(12))
    write_tree(folder, {"routelint.yaml": f"version: 1\n{levels}\n"})
    done = run("policy", "check", cwd=folder)
    assert done.returncode == 2
    assert "routelint.yaml:" in done.stderr


def test_bad_input_costs_one_finding_each_and_the_scan_goes_on(tmp_path: Path) -> None:
    folder = write_tree(
        tmp_path,
        {
            "good.py": CALL,
            "binary.py": b"\x00\x01bedrock\x00" + os.urandom(64),
            "latin.py": "# bedrock, naïve\n".encode("latin-1"),
            "bom.py": b"\xef\xbb\xbf" + CALL.encode(),
            "crlf.py": CALL.replace("\n", "\r\n"),
            "empty.py": b"",
            "empty.tf": b"",
            "empty.yaml": b"",
            "broken.tf": 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = \n',
            "broken.yaml": "Resources:\n  A:\n    Type: AWS::Bedrock::Agent\n   Properties: {\n",
            "deep.py": "bedrock = " + "(" * 5000 + ")" * 5000,
            "deep.json": '{"Resources": {"A": {"Type": "AWS::Bedrock::Agent", "Properties": '
            + "[" * 100_000
            + "]" * 100_000
            + "}}}",
            "deep.tf": 'resource "aws_bedrockagent_agent" "a" {\n  tags = ' + "[" * 20_000 + "]" * 20_000 + "\n}\n",
        },
    )
    (folder / "x.tf").mkdir()
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.py").symlink_to(folder / "self.py")
    with (folder / "huge.json").open("wb") as file:
        file.write(b'{"modelId": "anthropic.claude-v2"}')
        file.truncate(50 * 1024 * 1024)
    done = run("scan", "--format", "json", ".", cwd=folder)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert not [error for error in report["errors"] if "routelint failed" in error["message"]]
    unreadable = {each["path"] for each in report["findings"] if each["rule"] == "unparsable-file"}
    assert {"binary.py", "latin.py", "broken.tf", "broken.yaml", "deep.py", "huge.json"} <= unreadable
    assert not unreadable & {"good.py", "bom.py", "crlf.py", "empty.py", "empty.tf", "empty.yaml"}
    premium = {each["path"] for each in report["findings"] if each["rule"] == "unjustified-premium-model"}
    assert {"good.py", "bom.py", "crlf.py"} <= premium
    assert run("scan", "--strict", "--fail-on", "never", ".", cwd=folder).returncode == 3


def test_a_name_with_an_escape_sequence_is_printed_harmless(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"a\x1b[31m\n::error::b.py": CALL})
    for name in ("text", "github", "sarif", "json"):
        done = run("scan", "--format", name, ".", cwd=folder)
        assert done.returncode == 1
        assert "\x1b" not in done.stdout
        assert not any(line.startswith("::error::b") for line in done.stdout.splitlines())


def test_colour_only_where_it_is_wanted(folder: Path) -> None:
    assert "\x1b[" not in run("scan", ".", cwd=folder).stdout
    assert "\x1b[" in run("scan", "--color", "always", ".", cwd=folder).stdout
    assert "\x1b[" not in run("scan", ".", cwd=folder, NO_COLOR="1").stdout


def test_a_starter_policy_fits_the_repository_and_has_no_faults(folder: Path) -> None:
    done = run("policy", "init", cwd=folder)
    assert done.returncode == 0, done.stderr
    text = (folder / "routelint.yaml").read_text("utf-8")
    assert "anthropic.claude-opus-5-5" in text
    assert run("policy", "check", cwd=folder).returncode == 0
    assert run("policy", "init", cwd=folder).returncode == 2
    assert run("policy", "init", "--force", cwd=folder).returncode == 0


def test_output_is_the_same_whatever_the_hash_seed(folder: Path) -> None:
    for name in ("json", "sarif", "text"):
        outputs = {run("scan", "--format", name, ".", cwd=folder, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2")}
        assert len(outputs) == 1


def test_nothing_below_a_folder_without_routes(tmp_path: Path) -> None:
    done = run("scan", ".", cwd=write_tree(tmp_path, {"readme.txt": "nothing", "a.py": "print(1)\n"}))
    assert done.returncode == 0
    assert "0 routes" in done.stdout or "no model routes" in done.stdout.lower()


PATTERNS = """\
version: 1
environments:
  dev: {paths: ["services/triage/**"], max_tier: economy}
workloads:
  triage: {routes: ["services/triage/**"], owner: support}
waivers:
  - {rule: costly-default-model, routes: ["services/**"], reason: "frozen, OPS-7", expires: 2999-01-01}
"""


@pytest.mark.parametrize("name", ["routelint.yaml", ".github/routelint.yaml"])
@pytest.mark.parametrize("scanned", [".", "services", "services/triage", "services/triage/app.py"])
def test_path_patterns_start_at_the_policys_folder_whatever_is_scanned(name: str, scanned: str, tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {".git/HEAD": "ref: refs/heads/main\n", name: PATTERNS, "services/triage/app.py": CALL})
    [route] = json.loads(run("inventory", "--format", "json", scanned, cwd=folder).stdout)["routes"]
    assert (route["environments"], route["workload"]) == (["dev"], "triage")


def test_what_cannot_be_read_elsewhere_does_not_stop_a_commit(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "cheap.py": CHEAP,
        "other/broken.tf": 'resource "aws_bedrock_guardrail" "a" {\n',
    }
    folder = write_tree(tmp_path, files)
    assert run("scan", "--strict", "cheap.py", cwd=folder).returncode == 0
    assert run("scan", "--strict", "cheap.py", "other/broken.tf", cwd=folder).returncode == 3
