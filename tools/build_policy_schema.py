"""Writes the ids of the built-in rules into policy.schema.json, so that an editor completes and explains them.

python tools/build_policy_schema.py            write it
python tools/build_policy_schema.py --check    exit 1 where it is stale
"""

from __future__ import annotations

import json
import sys

import routelint_schemas
from routelint_rules import RULES


def policy_schema() -> str:
    """The text of the schema with the rules of this version."""
    schema = json.loads(routelint_schemas.text("policy"))
    rules = schema["properties"]["rules"]
    known = {
        rule.id: {"$ref": "#/$defs/ruleSetting", "description": f"{rule.summary}. Default: {rule.severity}."}
        for rule in sorted(RULES, key=lambda rule: rule.id)
    }
    # Custom rules have ids that no schema knows, so others stay allowed; loading a policy checks them.
    schema["properties"]["rules"] = {key: value for key, value in rules.items() if key != "properties"} | {"properties": known}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes the schema, or with `--check` says whether it is stale."""
    path, fresh = routelint_schemas.path("policy"), policy_schema()
    if "--check" not in sys.argv[1:]:
        path.write_text(fresh, "utf-8")
        return 0
    if path.read_text("utf-8") == fresh:
        return 0
    print(f"{path.name} does not hold the rules of this version; run: python tools/build_policy_schema.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
