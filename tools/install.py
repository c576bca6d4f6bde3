"""Installs what tests and gates need into the environment that runs this: the files of requirements.txt, told by their hashes.

    python tools/install.py [--only-locked]

Where an index lacks one of these versions, or one cannot be built on this machine, today's are taken instead, and that is said.
A file whose hash differs is never installed, and ends this. `--only-locked` never takes others.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "tools" / "requirements.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
# What pip says where a version is not to be had here. Whatever else goes wrong is no reason to take another.
ABSENT = ("No matching distribution found", "Could not find a version", "Failed to build", "Failed building wheel")


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0, or that of pip."""
    done = subprocess.run(
        [*PIP, "install", "--require-hashes", "--requirement", str(REQUIREMENTS)],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        # The build backend is among the requirements, so nothing is fetched without a hash.
        return pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    sys.stderr.write(done.stderr)
    if "--only-locked" in arguments or not is_absent(done.stderr):
        print(f"the versions of {REQUIREMENTS.relative_to(ROOT)} could not be installed", file=sys.stderr)
        return done.returncode
    print(f"not all versions of {REQUIREMENTS.relative_to(ROOT)} are to be had here; taking today's", file=sys.stderr)
    # Dependency groups need pip 25.1; a new environment on an older Python starts with less.
    return pip("install", "--upgrade", "pip>=25.1") or pip(
        "install", "--editable", str(ROOT), "--group", f"{ROOT / 'pyproject.toml'}:dev"
    )


def is_absent(said: str) -> bool:
    """Whether pip failed only because a version is not to be had, by what it said; a wrong hash is something else."""
    return "HASH" not in said and any(each in said for each in ABSENT)


def pip(*arguments: str) -> int:
    """The exit status of pip."""
    return subprocess.run([*PIP, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
