"""Writes the JSON indexes that routelint loads at run time from the YAML files that people edit.

    python tools/build_data.py            write them
    python tools/build_data.py --check    exit 1 where one is stale

YAML is for reading and reviewing; it takes 40 times longer to load than JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import yaml

from routelint import surfaces
from routelint.collect import markers
from routelint.policy import profile_index, source
from routelint.surfaces import Surface

PACKAGE = Path(__file__).parent.parent / "scanner" / "routelint"

# Columns that reviewers need and the program does not.
SURFACE_PROVENANCE = ("verified", "source", "language")
SURFACE_DEFAULTS: dict[str, Any] = {
    field.name: json.loads(json.dumps(field.default if field.default_factory is MISSING else field.default_factory()))
    for field in fields(Surface)
    if field.default is not MISSING or field.default_factory is not MISSING
}

# Fields of a model that only `routelint catalog MODEL` shows; they are read from a second index.
MODEL_DETAILS = (
    "aliases",
    "aws_replacements",
    "capabilities",
    "confidence",
    "disputed_profiles",
    "doubts",
    "endpoints",
    "inputs",
    "mantle_id",
    "on_demand_note",
    "outputs",
    "vendor_id",
)
PRICE_DETAILS = ("media", "provisioned_usd_per_second", "source", "url")
# What models give where their row does not say.
OUTPUTS = {"rerank": ["text"]}


class _Loader(yaml.CSafeLoader):
    """YAML without the timestamp type: a date stays the text it is written as, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(text: str) -> Any:
    """The content of a data file, dates as text."""
    return yaml.load(text, Loader=_Loader)


def surface_indexes() -> dict[Path, str]:
    """Index path -> content, for every surfaces file: rows without the defaults at their end, since 500 are read at once."""
    columns = [field.name for field in fields(Surface)]
    indexes = {}
    for path in sorted((PACKAGE / "surfaces").glob("*.yaml")):
        rows = [_positional(row, columns) for row in load_yaml(path.read_text("utf-8"))["surfaces"]]
        lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        indexes[path.with_suffix(".json")] = f'{{"columns":{json.dumps(columns)},"rows":[\n{lines}\n]}}\n'
    return indexes


def _positional(row: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """A surface as the values of its columns."""
    unknown = row.keys() - set(columns) - set(SURFACE_PROVENANCE)
    if unknown:
        raise ValueError(f"surface '{row['id']}' says what no column is for: {', '.join(sorted(unknown))}")
    values = [row.get(name, SURFACE_DEFAULTS.get(name)) for name in columns]
    while columns[len(values) - 1] in SURFACE_DEFAULTS and values[-1] == SURFACE_DEFAULTS[columns[len(values) - 1]]:
        values.pop()
    return values


def marker_indexes() -> dict[Path, str]:
    """Index path -> content, for what files are searched for: it follows from the surfaces."""
    index = {}
    for language, names in markers.SURFACES.items():
        found = markers.derive(itertools.chain.from_iterable(surfaces.load(name) for name in names))
        index[language] = {
            "words": [each.decode() for each in found.words],
            "packages": [each.decode() for each in found.packages],
        }
    return {markers.INDEX: json.dumps(index, indent=1) + "\n"}


def catalog_indexes() -> dict[Path, str]:
    """Index path -> content, for the catalog: what every scan needs, and the details apart."""
    folder = PACKAGE / "catalog"
    files = [load_yaml(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    models: dict[str, dict[str, Any]] = {}
    details: dict[str, dict[str, Any]] = {}
    for file in files:
        for row in file["models"]:
            models[row["id"]], details[row["id"]] = _split(row, file)
    index = {
        "as_of": min(file["as_of"] for file in files),
        "names": dict(sorted(_names(row for file in files for row in file["models"]))),
        "cdk": dict(sorted(_constants(row for file in files for row in file["models"]))),
        "kinds": _kinds(models),
        "models": models,
    }
    return {folder / "index.json": _compact(index), folder / "details.json": _compact({"models": details})}


def _kinds(models: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Vendor and modality -> the ids of the models that are so, in their order."""
    kinds: dict[str, list[str]] = {}
    for identity, row in models.items():
        kinds.setdefault(f"{row['vendor']} {row['modality']}", []).append(identity)
    return kinds


def profile_indexes() -> dict[Path, str]:
    """Index path -> content, for the built-in profiles of policies."""
    files = sorted((PACKAGE / "policy" / "profiles").glob("*.yaml"))
    return {path.with_suffix(".json"): profile_index.write(source.parse(path.read_text("utf-8"), "")[0]) for path in files}


def _split(row: Mapping[str, Any], file: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A model's row for scanning, and its details with every source spelt out."""
    elsewhere = (*(key for key in MODEL_DETAILS if key != "inputs"), "id", "cdk", "cdk_other", "sources")
    lean = {"provider": file["provider"], "vendor": file["vendor"]}
    lean |= {key: value for key, value in row.items() if key not in elsewhere}
    lean["price"] = {key: value for key, value in row["price"].items() if key not in PRICE_DETAILS}
    lean["lifecycle"] = {key: value for key, value in row["lifecycle"].items() if key not in ("source", "launched_source")}
    price, sources = row["price"], file["sources"]
    details = {key: row[key] for key in MODEL_DETAILS if key in row}
    details.setdefault("outputs", OUTPUTS.get(row["modality"], [row["modality"]]))
    details |= {
        "price_source": _cited(price["source"], sources),
        "price_url": price.get("url"),
        "media": {} if price.get("media", {}).get("doubtful") else price.get("media"),
        "lifecycle_source": _cited(row["lifecycle"]["source"], sources),
        "sources": _cited(row["sources"], sources),
        "cdk": [name for name, _ in _constants([row])],
    }
    return lean, {key: value for key, value in sorted(details.items()) if value}


def _cited(keys: str | list[str], sources: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [f"{sources[key]['what']}, as of {sources[key]['as_of']}" for key in ([keys] if isinstance(keys, str) else keys)]


def _names(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Every spelling AWS or the CDK has for a model, without scope prefix -> the model's id."""
    for row in rows:
        sized = row.get("sized", ())
        # `anthropic.claude-v2:0:18k` is a size of `anthropic.claude-v2:0`, which is another spelling of `anthropic.claude-v2`.
        whole = (name.rpartition(":")[0] for name in sized)
        for name in (row["id"], *sized, *whole, *row.get("aliases", ()), *filter(None, [row.get("mantle_id")])):
            yield name, row["id"]


def _constants(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """CDK constant -> the id it stands for."""
    for row in rows:
        yield from ((name, row["id"]) for name in row.get("cdk", ()))
        yield from row.get("cdk_other", {}).items()


def _compact(index: object) -> str:
    """JSON with a line per entry of its largest mappings: small, and a readable difference."""
    parts = []
    for key, value in index.items() if isinstance(index, dict) else ():
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, dict):
            inner = ",\n".join(
                f"{json.dumps(name)}:{json.dumps(entry, ensure_ascii=False, separators=(',', ':'))}"
                for name, entry in value.items()
            )
            text = "{\n" + inner + "\n}"
        parts.append(f"{json.dumps(key)}:{text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    """Exit status: 1 where `--check` finds a stale index."""
    # What is searched for follows from the surfaces, as the program reads them.
    stale = _stale(surface_indexes() | catalog_indexes() | profile_indexes(), "--check" in sys.argv[1:])
    stale += _stale(marker_indexes(), "--check" in sys.argv[1:])
    return 1 if stale and "--check" in sys.argv[1:] else 0


def _stale(indexes: Mapping[Path, str], check: bool) -> list[Path]:
    """The indexes that are not as they must be: told where they are to be checked, written anew where not."""
    stale = [path for path, content in indexes.items() if not path.exists() or path.read_text("utf-8") != content]
    for path in stale:
        if check:
            print(f"stale: {path}; run python tools/build_data.py", file=sys.stderr)
        else:
            path.write_text(indexes[path], "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
