"""The `routelint` program."""

from __future__ import annotations

import gc
import sys

from routelint.deferred import postpone

# Syntax trees hold many objects and few circles of them: looking for circles less often saves 8 % of a small scan.
gc.set_threshold(50_000, 20, 20)

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
