"""Writes docs/rules.md from the rules' own pages.

python tools/build_rules_manual.py            write it
python tools/build_rules_manual.py --check    exit 1 where it is stale
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from routelint.rule import Category
from routelint_rules import RULES

PATH = Path(__file__).parent.parent / "docs" / "rules.md"
HEAD = """\
# Rules

Made from the rules' own pages by `tools/build_rules_manual.py`; `routelint explain RULE` shows one.

| rule | default | finds |
|---|---|---|
"""


def manual() -> str:
    """The table of all rules and every page, by category."""
    rows = [f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {rule.summary} |\n" for rule in RULES]
    pages = []
    order = list(Category)
    ordered = sorted(RULES, key=lambda rule: order.index(rule.category))
    for category, rules in groupby(ordered, lambda rule: rule.category):
        pages.append(f"\n# {str(category).capitalize()}\n")
        pages.extend("\n" + rule.page.strip().replace("\n## ", "\n### ").replace("# ", "## ", 1) + "\n" for rule in rules)
    return HEAD + "".join(rows) + "".join(pages)


def main() -> int:
    """Writes the manual, or with `--check` says whether it is stale."""
    fresh = manual()
    if "--check" not in sys.argv[1:]:
        PATH.write_text(fresh, "utf-8")
        return 0
    if PATH.exists() and PATH.read_text("utf-8") == fresh:
        return 0
    print(f"{PATH.name} does not hold the rules of this version; run: python tools/build_rules_manual.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
