"""The `routelint` program."""

from __future__ import annotations

import sys

from routelint.deferred import postpone

# Imported by modules that every command loads, and asked by few runs: 25 ms of a scan of one file.
postpone(
    "difflib",
    "hashlib",
    "html",
    "secrets",
    "shutil",
    "string",
    "subprocess",
    "tempfile",
    "tomllib",
    "traceback",
    "yaml",
    "routelint.cli.baseline",
    "routelint.cli.compare",
    "routelint.cli.writing",
    "routelint.policy_tests",
)

from routelint.cli import main  # noqa: E402 (what is put off must be so before anything imports it)

if __name__ == "__main__":
    sys.exit(main())
