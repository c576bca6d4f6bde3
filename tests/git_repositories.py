"""Git repositories made for tests: with an identity and days of their own, and nothing of who runs the tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scans import write_tree


def git(folder: Path, *arguments: str, day: str = "2026-01-01", author_day: str | None = None) -> str:
    """The output of a git command in `folder`; commits are of noon on `day`, UTC, and written on `author_day`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {
        "GIT_AUTHOR_DATE": f"{author_day or day}T12:00:00+00:00",
        "GIT_COMMITTER_DATE": f"{day}T12:00:00+00:00",
    }
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=kept | identity | dates | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(
    folder: Path, files: Mapping[str, str | bytes | None], *, day: str = "2026-01-01", author_day: str | None = None
) -> str:
    """The id of a commit that writes the files; None removes one. The first commit makes the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    for name in (name for name, content in files.items() if content is None):
        (folder / name).unlink()
    write_tree(folder, {name: content for name, content in files.items() if content is not None})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "files", day=day, author_day=author_day)
    return git(folder, "rev-parse", "HEAD")
