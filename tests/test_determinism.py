"""The same tree gives the same bytes, whatever the seed of hashes, the order in which a disk lists its files, the number of
jobs, and what is kept of earlier runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scans import write_tree

ROOT = Path(__file__).parent.parent
RUNS = 10
# The runs without --no-cache share a cache: the first of them fills it.
WAYS = (("--no-cache", "--jobs", "1"), ("--jobs", "2"), ("--jobs", "1"), ("--jobs", "3"), ("--no-cache", "--jobs", "4"))
SERVICES = 40
MODELS = """\
import boto3

DEFAULT = "anthropic.claude-3-haiku-20240307-v1:0"


def ask(model=DEFAULT, limit={number}):
    return boto3.client("bedrock-runtime").converse(modelId=model, messages=[], inferenceConfig={{"maxTokens": limit}})
"""
APP = """\
import os

import boto3
from models import ask

ask(os.environ["MODEL_ID"])
boto3.client("bedrock-runtime").converse(modelId="anthropic.claude-opus-5-5", messages=[])
"""
FORMATS = ("json", "sarif", "gitlab", "junit", "markdown", "csv", "html")
# What a file system does by chance: folders list their files in another order in every run.
SHUFFLED = """\
import os, random, sys

listed = os.scandir


class Shuffled:
    def __init__(self, folder):
        self.entries = listed(folder)

    def __enter__(self):
        found = list(self.entries)
        order.shuffle(found)
        return iter(found)

    def __exit__(self, *_):
        self.entries.close()


order = random.Random(int(sys.argv.pop(1)))
os.scandir = Shuffled
from routelint.cli import main

sys.exit(main())
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Routes of every language that are linked to each other, under a policy, and enough of them for several processes."""
    folder = Path(shutil.copytree(ROOT / "examples", tmp_path_factory.mktemp("determinism") / "repository"))
    for number in range(SERVICES):
        write_tree(folder / f"services/s{number:02}", {"models.py": MODELS.format(number=number), "app.py": APP})
    return folder


def outputs(tree: Path, seed: int) -> dict[str, bytes]:
    """What one run of the command line writes, by format."""
    out = tree.parent / f"out-{seed}"
    out.mkdir()
    formats = [f"--format={name}={out / name}" for name in FORMATS]
    done = subprocess.run(
        [sys.executable, "-c", SHUFFLED, str(seed), "scan", "--today", "2026-11-24", *WAYS[seed % len(WAYS)], *formats, "."],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "ROUTELINT_CACHE_DIR": str(tree.parent / "cache")},
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    return {name: (out / name).read_bytes() for name in FORMATS}


@pytest.mark.slow
def test_ten_runs_give_equal_bytes(tree: Path) -> None:
    first = outputs(tree, 0)
    assert first["json"].count(b'"rule"') > 10
    for seed in range(1, RUNS):
        again = outputs(tree, seed)
        assert [name for name in FORMATS if again[name] != first[name]] == []


def test_the_order_of_files_is_shuffled(tree: Path) -> None:
    script = SHUFFLED.replace(
        "from routelint.cli import main\n\nsys.exit(main())", "with os.scandir('.') as found: print([e.name for e in found])"
    )
    orders = {
        subprocess.run([sys.executable, "-c", script, str(seed)], cwd=tree, capture_output=True, text=True, check=True).stdout
        for seed in range(3)
    }
    assert len(orders) > 1
