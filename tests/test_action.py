"""The GitHub action: its two scripts run as a runner would run them, on a repository of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])\n'
POLICY = "version: 1\nextends: []\nmodels: {allow: ['amazon.*']}\n"


def test_no_expression_stands_in_a_script() -> None:
    """An input inside a script would be run as code."""
    assert [name for name, step in STEPS.items() if "${{" in step.get("run", "")] == []


def test_every_action_that_is_used_is_named_by_commit() -> None:
    """A tag can be moved to other code; the comment says which version the commit is."""
    used = []
    for file in (ROOT / "action.yml", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))):
        used += re.findall(r"^\s*(?:- )?uses: *(.+)$", file.read_text("utf-8"), re.M)
    others = [each for each in used if each != "./"]
    assert len(others) >= 3
    assert [each for each in others if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_every_input_is_described_and_used() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert [name for name, each in ACTION["inputs"].items() if not each.get("description") or "default" not in each] == []
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])


class Runner:
    """The folders and variables a runner gives to a composite action."""

    def __init__(self, temporary: Path, workspace: Path) -> None:
        self.temporary = temporary
        self.workspace = workspace
        self.output = temporary / "output"

    def run(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """One step, with the inputs given and the defaults of the rest."""
        step = STEPS[name]
        variables = {key: self._evaluated(expression, inputs) for key, expression in step["env"].items()}
        self.output.write_text("", "utf-8")
        python = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        runner = {"RUNNER_TEMP": str(self.temporary), "GITHUB_OUTPUT": str(self.output), "GITHUB_ACTIONS": "true"}
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | python | runner | variables
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False)

    def _evaluated(self, expression: str, inputs: dict[str, str]) -> str:
        name = expression.removeprefix("${{ ").removesuffix(" }}")
        if name == "github.action_path":
            return str(ROOT)
        key = name.removeprefix("inputs.")
        return inputs.get(key.replace("-", "_"), str(ACTION["inputs"][key]["default"]))


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder, with routelint installed by the action itself."""
    folder = tmp_path_factory.mktemp("runner temporary")
    done = Runner(folder, folder).run("Install routelint")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="composite steps are bash scripts")
class TestRun:
    """Installing takes the time; the tests share it."""

    def runner(self, temporary: Path, workspace: Path, model: str) -> Runner:
        (workspace / "the app.py").write_text(CALL.format(model=model), "utf-8")
        (workspace / "routelint.yaml").write_text(POLICY, "utf-8")
        return Runner(temporary, workspace)

    def test_findings_fail_the_step_and_are_written(self, temporary: Path, tmp_path: Path) -> None:
        runner = self.runner(temporary, tmp_path, "us.anthropic.claude-opus-5-5")
        done = runner.run("Scan")
        assert done.returncode == 1, done.stderr
        assert "::error file=the app.py,line=3" in done.stdout
        assert runner.output.read_text("utf-8") == "exit-code=1\n"
        results = json.loads((tmp_path / "routelint.sarif").read_text("utf-8"))["runs"][0]["results"]
        assert "model-not-allowed" in {result["ruleId"] for result in results}

    def test_nothing_wrong_passes(self, temporary: Path, tmp_path: Path) -> None:
        runner = self.runner(temporary, tmp_path, "us.amazon.nova-2-lite-v1:0")
        done = runner.run("Scan", fail_on="error")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (tmp_path / "routelint.sarif").exists()

    def test_inputs_reach_the_program_and_are_not_run(self, temporary: Path, tmp_path: Path) -> None:
        runner = self.runner(temporary, tmp_path, "us.anthropic.claude-opus-5-5")
        (tmp_path / "other.yaml").write_text("version: 1\nextends: []\n", "utf-8")
        done = runner.run(
            "Scan", policy="other.yaml", sarif_file="out.sarif", arguments="--fail-on never", paths=". $(touch run)"
        )
        assert done.returncode == 2
        assert runner.output.read_text("utf-8") == "exit-code=2\n"
        assert not (tmp_path / "run").exists()
        done = runner.run("Scan", policy="other.yaml", sarif_file="out.sarif", arguments="--fail-on never")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (tmp_path / "out.sarif").exists()

    def test_policy_faults_stop_the_step_with_their_own_code(self, temporary: Path, tmp_path: Path) -> None:
        runner = self.runner(temporary, tmp_path, "us.amazon.nova-2-lite-v1:0")
        (tmp_path / "routelint.yaml").write_text("version: 1\nmodles: {}\n", "utf-8")
        done = runner.run("Scan")
        assert done.returncode == 2
        assert runner.output.read_text("utf-8") == "exit-code=2\n"
        assert "routelint.yaml:2:1" in done.stdout + done.stderr
