"""The hooks as pre-commit runs them: the real program, on a temporary repository, with a temporary clone of this tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from routelint.collect import units

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}

CHEAP = "us.amazon.nova-2-lite-v1:0"
PREMIUM = "us.anthropic.claude-opus-5-5"
POLICY = "version: 1\nextends: []\nmodels: {allow: ['amazon.*']}\n"
CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])\n'
MODULE = 'variable "model" {}\n\nresource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.model\n}\n'
CALLER = 'module "agent" {{\n  source = "../module"\n  model  = "{model}"\n}}\n'


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"a/b{suffix}"
            for suffix in (*units.TERRAFORM_SUFFIXES, *units.PYTHON_SUFFIXES, *units.TEMPLATE_SUFFIXES, *units.TEXT_SUFFIXES)
        ),
        *("Dockerfile", "a/app.Dockerfile", "Dockerfile.dev", "Containerfile", ".env", ".envrc", "a/.env.prod", ".env-dev"),
        *(
            "env.example",
            "a/env.local.sample",
            "Makefile",
            "a/GNUmakefile",
            "justfile",
            "Procfile",
            "Jenkinsfile",
            "samconfig.toml",
        ),
        *("README.md", "a.txt", "logo.png", "LICENSE", "a.css", "makefiles", "environment", "a/py"),
    ],
)
def test_hook_is_started_for_what_routelint_reads(path: str) -> None:
    assert bool(re.search(HOOKS["routelint"]["files"], path)) == (units.language_of(path) is not None)


@pytest.mark.parametrize("path", ["routelint.yaml", ".routelint.yaml", ".github/routelint.yaml", "examples/routelint.yml"])
def test_policy_hook_is_started_for_the_policy(path: str) -> None:
    assert re.search(HOOKS["routelint-policy"]["files"], path)


@pytest.mark.parametrize("path", ["notroutelint.yaml", "routelint.yaml.bak", "routelint/policy.yaml"])
def test_policy_hook_is_not_started_for_other_files(path: str) -> None:
    assert not re.search(HOOKS["routelint-policy"]["files"], path)


def environment(home: Path) -> dict[str, str]:
    """What pre-commit runs with: its own store, and nothing of the git hook that may be running these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PYTHONPATH"))}
    # An identity for commits, and no settings of whoever runs the tests.
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    return kept | identity | {"PRE_COMMIT_HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_COLOR": "never"}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A git repository whose only commit holds the files."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "files")
    return folder


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commit of what the hooks are installed from, as it is in this working tree."""
    folder = tmp_path_factory.mktemp("hooks") / "routelint"
    folder.mkdir()
    for name in ("scanner", "rules", "schemas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "the tree under test")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pre-commit's store: the hook is installed into it once; `try-repo` always makes its own."""
    return tmp_path_factory.mktemp("store")


def pre_commit(folder: Path, home: Path, *arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def configure(folder: Path, hooks: Path) -> None:
    """Use both hooks as the README says."""
    settings = {
        "repos": [{"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD"), "hooks": [{"id": each} for each in HOOKS]}]
    }
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    git(folder, "add", ".pre-commit-config.yaml")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit works on git repositories")
class TestPreCommit:
    """Installing the hook takes the time; all but the first test share it."""

    def test_try_repo_stops_a_commit_with_a_costly_model(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        folder = repository(tmp_path / "app", {"app.py": CALL.format(model=PREMIUM), "routelint.yaml": POLICY})
        code, shown = pre_commit(folder, home, "try-repo", hooks, "routelint", "--files", "app.py")
        assert code == 1, shown
        assert "model-not-allowed" in shown
        assert "app.py:3" in shown

    def test_commit_passes_with_allowed_models(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        folder = repository(tmp_path / "app", {"app.py": CALL.format(model=CHEAP), "routelint.yaml": POLICY})
        configure(folder, hooks)
        code, shown = pre_commit(folder, home, "run", "--all-files")
        assert code == 0, shown
        assert shown.count("Passed") == len(HOOKS)

    def test_only_staged_files_are_reported(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        files = {"old.py": CALL.format(model=PREMIUM), "new.py": CALL.format(model=CHEAP), "routelint.yaml": POLICY}
        folder = repository(tmp_path / "app", files)
        configure(folder, hooks)
        (folder / "new.py").write_text(CALL.format(model=CHEAP) + "# changed\n", "utf-8")
        git(folder, "add", "new.py")
        code, shown = pre_commit(folder, home, "run")
        assert code == 0, shown

    def test_changed_module_is_judged_by_what_its_caller_passes(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        files = {"module/main.tf": MODULE, "prod/main.tf": CALLER.format(model=PREMIUM), "routelint.yaml": POLICY}
        folder = repository(tmp_path / "app", files)
        configure(folder, hooks)
        code, shown = pre_commit(folder, home, "run", "routelint", "--files", "module/main.tf")
        assert code == 1, shown
        assert "module/main.tf:4" in shown
        assert PREMIUM.removeprefix("us.") in shown

    def test_policy_hook_names_every_fault(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        policy = "version: 1\nmodles: {}\ntiers: [cheap]\n"
        folder = repository(tmp_path / "app", {"app.py": CALL.format(model=CHEAP), "routelint.yaml": policy})
        configure(folder, hooks)
        code, shown = pre_commit(folder, home, "run", "routelint-policy", "--all-files")
        assert code == 1, shown
        assert "routelint.yaml:2:1" in shown
        assert "routelint.yaml:3:" in shown

    def test_names_with_spaces_reach_the_program(self, hooks: Path, home: Path, tmp_path: Path) -> None:
        folder = repository(tmp_path / "app", {"my app/the app.py": CALL.format(model=PREMIUM), "routelint.yaml": POLICY})
        configure(folder, hooks)
        code, shown = pre_commit(folder, home, "run", "routelint", "--all-files")
        assert code == 1, shown
        assert "my app/the app.py:3" in shown
