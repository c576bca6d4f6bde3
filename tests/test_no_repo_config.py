"""With `--no-repo-config` nothing in the scanned tree decides how it is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import status
from scans import write_tree

OPUS = "anthropic.claude-opus-4-1-20250805-v1:0"
AGENT = f'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = "{OPUS}"{{}}\n}}\n'.replace("{}", "%s")
IGNORED = AGENT % "  # routelint: ignore[model-not-allowed] it is ours"
LAX = "version: 1\nfail_on: never\n"
STRICT = "version: 1\nmodels: {deny: ['*opus*']}\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"pinned/policy.yaml": STRICT})
    return write_tree(tmp_path / "tree", {"main.tf": IGNORED, "routelint.yaml": LAX, ".git/HEAD": "ref: refs/heads/main\n"})


def found(*arguments: str | Path) -> tuple[int, list[str], str | None]:
    code, output = status("scan", *arguments, "--format", "json", "--select", "model-not-allowed")
    report = json.loads(output)
    return code, [each["rule"] for each in report["findings"]], report["policy"]


def test_the_pinned_policy_judges_and_no_directive_is_obeyed(tree: Path) -> None:
    pinned = tree.parent / "pinned" / "policy.yaml"
    assert found(tree, "--policy", pinned) == (0, [], "../pinned/policy.yaml")
    assert found(tree, "--policy", pinned, "--no-repo-config") == (1, ["model-not-allowed"], "../pinned/policy.yaml")


def test_without_a_policy_the_built_in_one_judges(tree: Path) -> None:
    assert found(tree)[2] == "routelint.yaml"
    assert found(tree, "--no-repo-config")[2] is None


@pytest.mark.parametrize("name", ["scan", "inventory"])
def test_a_policy_of_the_tree_is_refused_also_behind_a_link_or_an_extends(tree: Path, name: str) -> None:
    link = tree.parent / "link.yaml"
    link.symlink_to(tree / "routelint.yaml")
    extending = tree.parent / "pinned" / "extending.yaml"
    extending.write_text("version: 1\nextends: [../tree/routelint.yaml]\n", "utf-8")
    for policy in (tree / "routelint.yaml", link, extending):
        code, said = status(name, tree, "--no-repo-config", "--policy", policy)
        assert code == 2
        assert "lies in the scanned tree" in said


def test_a_baseline_of_the_tree_is_refused(tree: Path) -> None:
    write_tree(tree, {"baseline.json": '{"version": 1, "findings": []}\n'})
    code, said = status("scan", tree, "--no-repo-config", "--baseline", tree / "baseline.json")
    assert code == 2
    assert "the baseline" in said


def test_a_cache_in_the_tree_is_refused(tree: Path, tmp_path: Path) -> None:
    code, said = status("scan", tree, "--no-repo-config", "--cache-dir", tree / "cache")
    assert code == 2
    assert "cache folder" in said
    assert "lies in the scanned tree" in said
    assert status("scan", tree, "--no-repo-config", "--cache-dir", tree / "cache", "--no-cache")[0] != 2
    assert status("scan", tree, "--no-repo-config", "--cache-dir", tmp_path / "elsewhere")[0] != 2
