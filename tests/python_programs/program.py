"""A program of several files, and the process it is run in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from python_programs.stand_ins import STAND_INS

_RUNNER = """
import json, runpy, sys
root, stand_ins = sys.argv[1:3]
sys.argv = ["main.py"]
sys.path[:0] = [root, root + "/src", stand_ins]
import boto3
boto3.ROOT = root
runpy.run_path(root + "/main.py", run_name="__main__")
print(json.dumps(boto3.CALLS))
"""


@dataclass
class Program:
    """Files by path, the environment it runs in, and per sink line the forms that lead to it.

    `open` are sinks whose value rests on what only a run can tell; `chosen` has the line of the sink for a call that stands
    on another one.
    """

    files: dict[str, str]
    environment: dict[str, str]
    forms: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    open: set[tuple[str, int]] = field(default_factory=set)
    chosen: dict[tuple[str, int], int] = field(default_factory=dict)

    def run(self, folder: Path) -> dict[tuple[str, int], set[str]]:
        """What each call received: path and line -> model identifiers."""
        root, stand_ins = folder / "program", folder / "stand_ins"
        for base, files in ((root, self.files), (stand_ins, STAND_INS)):
            for path, text in files.items():
                (base / path).parent.mkdir(parents=True, exist_ok=True)
                (base / path).write_text(text, "utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-c", _RUNNER, str(root), str(stand_ins)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": "", **self.environment},
        )
        if done.returncode:
            raise AssertionError(f"a generated program does not run:\n{done.stderr[-3000:]}")
        received: dict[tuple[str, int], set[str]] = {}
        for path, line, model in json.loads(done.stdout):
            received.setdefault((path, self.chosen.get((path, line), line)), set()).add(model)
        return received
