"""Asks whether an advisory is known against a version in requirements.txt.

    python tools/audit.py [ARGUMENTS OF PIP-AUDIT]

Exit status 1 where one is. Where no advisory service answers, or it does not know a package, that is said and is no failure: a
gate that needs the network would be switched off. `--ignore-vuln ID` lets an advisory pass that was judged not to matter here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "tools" / "requirements.txt"
MOST_NAMES = 5
SECONDS = 300
LATE = f"no answer in {SECONDS} seconds"
# What is in the text of a failure that is the network's.
UNREACHABLE = (
    LATE,
    "ConnectionError",
    "ConnectionTimeout",
    "ConnectTimeout",
    "ReadTimeout",
    "Max retries exceeded",
    "ServiceError",
)


def main(arguments: Sequence[str]) -> int:
    """Exit status: 1 where an advisory is known, 2 where pip-audit failed for another reason than the network, else 0."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(REQUIREMENTS), "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        said, why = done.stdout, done.stderr.strip()
    except subprocess.TimeoutExpired:
        said, why = "", LATE
    status, lines = judge(said, why)
    for line in lines:
        print(f"::{'error' if status else 'warning'}::{line}" if "GITHUB_ACTIONS" in os.environ else line, file=sys.stderr)
    return status


def judge(said: str, why: str) -> tuple[int, list[str]]:
    """The exit status and what is to be told, from the JSON that pip-audit printed, or from `why` it printed none."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = why.splitlines()[-1] if why else "pip-audit printed nothing"
        return (0 if any(each in why for each in UNREACHABLE) else 2), [f"nothing was audited: {reason}"]
    skipped = [each for each in dependencies if "skip_reason" in each]
    audited = [each for each in dependencies if "skip_reason" not in each]
    found = [
        f"{each['name']} {each['version']}: {advisory['id']}, mended in {', '.join(advisory['fix_versions']) or 'no version'}"
        for each in audited
        for advisory in each["vulns"]
    ]
    lines = [f"{len(audited)} of {len(dependencies)} packages audited, {len(found)} advisories"]
    if skipped:
        more = f" and {len(skipped) - MOST_NAMES} more" if len(skipped) > MOST_NAMES else ""
        named = ", ".join(each["name"] for each in skipped[:MOST_NAMES])
        lines.append(f"not audited: {named}{more}; {skipped[0]['skip_reason']}")
    return (1 if found else 0), [*found, *lines]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
