"""Writes the JSON indexes that routelint loads at run time from the YAML files that people edit.

    python tools/build_data.py            write them
    python tools/build_data.py --check    exit 1 where one is stale

YAML is for reading and reviewing; it takes 40 times longer to load than JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

PACKAGE = Path(__file__).parent.parent / "scanner" / "routelint"

# Columns that reviewers need and the program does not.
SURFACE_PROVENANCE = ("verified", "source", "language")


def surface_indexes() -> dict[Path, str]:
    """Index path -> content, for every surfaces file."""
    indexes = {}
    for path in sorted((PACKAGE / "surfaces").glob("*.yaml")):
        rows = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["surfaces"]
        lean = [{key: value for key, value in row.items() if key not in SURFACE_PROVENANCE} for row in rows]
        indexes[path.with_suffix(".json")] = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in lean) + "\n]\n"
    return indexes


def main() -> int:
    """Exit status: 1 where `--check` finds a stale index."""
    indexes = surface_indexes()
    stale = [path for path, content in indexes.items() if not path.exists() or path.read_text("utf-8") != content]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"stale: {path}; run python tools/build_data.py", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(indexes[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
