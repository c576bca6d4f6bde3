"""The data files people edit: valid by their schema, consistent, and the same as the indexes the program reads."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import routelint_schemas
from routelint import surfaces
from routelint.collect import markers
from routelint.model import Kind
from routelint.model_id import SCOPES, STEMS
from routelint.surfaces import Surface

ROOT = Path(__file__).parent.parent
CATALOG = sorted((ROOT / "scanner/routelint/catalog").glob("*.yaml"))
SURFACES = sorted((ROOT / "scanner/routelint/surfaces").glob("*.yaml"))
# Columns of a surface that reviewers need and the program does not.
PROVENANCE = {"verified", "source", "language"}


def build_data() -> Any:
    spec = importlib.util.spec_from_file_location("build_data", ROOT / "tools" / "build_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = build_data()
FILES: dict[Path, Any] = {path: BUILD.load_yaml(path.read_text("utf-8")) for path in (*CATALOG, *SURFACES)}
MODELS: dict[str, Any] = {row["id"]: row for path in CATALOG for row in FILES[path]["models"]}


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(routelint_schemas.text(name)))


@pytest.mark.parametrize("name", ["catalog", "surfaces"])
def test_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(routelint_schemas.text(name)))


@pytest.mark.parametrize("path", CATALOG + SURFACES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_file_is_valid(path: Path) -> None:
    name = path.parent.name
    faults = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator(name).iter_errors(FILES[path])
    ]
    assert faults == []


@pytest.mark.parametrize(
    "path", BUILD.catalog_indexes() | BUILD.surface_indexes(), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_index_is_fresh(path: Path) -> None:
    built: dict[Path, str] = BUILD.catalog_indexes() | BUILD.surface_indexes()
    assert path.read_text("utf-8") == built[path], "run python tools/build_data.py"


def test_what_is_searched_for_follows_from_the_surfaces() -> None:
    ((path, built),) = BUILD.marker_indexes().items()
    assert path.read_text("utf-8") == built, "run python tools/build_data.py"
    # A surface that makes another word a marker makes the index stale.
    new = replace(surfaces.load("python")[0], symbol="bedrock-runtime.foretell", carrier="modelId", kind=Kind.INVOKE)
    assert b".foretell" in markers.derive([*surfaces.load("python"), new]).words
    assert b".foretell" not in markers.load("python").words


@pytest.mark.parametrize("language", markers.SURFACES)
def test_the_markers_of_a_language_are_those_of_its_surfaces(language: str) -> None:
    rows = [row for name in markers.SURFACES[language] for row in surfaces.load(name)]
    assert markers.load(language) == markers.derive(rows)


def test_there_is_no_index_of_a_file_that_is_gone() -> None:
    built = BUILD.catalog_indexes() | BUILD.surface_indexes()
    assert {path for folder in ("catalog", "surfaces") for path in (ROOT / "scanner/routelint" / folder).glob("*.json")} == set(
        built
    )


# Edits somebody may make by mistake, each of which the schema must refuse.
BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "a misspelt field": lambda row: row.update(context_windows=1),
    "no name": lambda row: row.pop("name"),
    "no price at all": lambda row: row["price"].pop("list"),
    "a price and a reason for none": lambda row: row["price"].update(unpriced="billed per image"),
    "a price of 0": lambda row: row["price"].update(list={"input": 0, "output": 1}),
    "a price in words": lambda row: row["price"].update(list={"input": "3"}),
    "a price without its source": lambda row: row["price"].pop("source"),
    "a date without its source": lambda row: row["lifecycle"].pop("source"),
    "a date written otherwise": lambda row: row["lifecycle"].update(legacy="08/10/2026"),
    "a scope that is none": lambda row: row.update(profiles=["us", "usa"]),
    "a status, which is computed": lambda row: row["lifecycle"].update(status="active"),
    "a profile id for an id": lambda row: row.update(id="US.anthropic.x"),
    "an unknown modality": lambda row: row.update(modality="chat"),
    "an empty list": lambda row: row.update(replacements=[]),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_schema_refuses(mistake: str) -> None:
    path = next(path for path in CATALOG if path.stem == "anthropic")
    file = copy.deepcopy(FILES[path])
    file["models"] = [row for row in file["models"] if row["id"].startswith("anthropic.claude-sonnet-4-5")]
    assert validator("catalog").is_valid(file)
    BROKEN[mistake](file["models"][0])
    assert not validator("catalog").is_valid(file)


@pytest.mark.parametrize(
    "row",
    [
        {"id": "P1", "framework": "x", "symbol": "x.y", "carrier": "model"},
        {"id": "P1", "framework": "x", "symbol": "x.y", "carrier": "model", "role": "model", "kind": "call"},
        {"id": "P1", "framework": "x", "symbol": "x.y", "carrier": "model", "role": "model", "position": -1},
        {"id": "P1", "framework": "x", "symbol": "x.y", "carrier": "model", "role": "model", "positon": 1},
    ],
    ids=["no role", "an unknown kind", "a negative position", "a misspelt column"],
)
def test_schema_refuses_a_surface_with(row: dict[str, object]) -> None:
    file = {
        "as_of": "2026-11-23",
        "surfaces": [{"id": "P1", "framework": "x", "symbol": "x.y", "carrier": "m", "role": "model"}],
    }
    assert validator("surfaces").is_valid(file)
    assert not validator("surfaces").is_valid(file | {"surfaces": [row]})


@pytest.mark.parametrize("path", CATALOG, ids=lambda path: path.stem)
def test_rows_of_a_catalog_file_are_in_order_and_its_own(path: Path) -> None:
    file = FILES[path]
    ids = [row["id"] for row in file["models"]]
    assert file["provider"] == path.stem
    assert ids == sorted(ids)
    assert {identity.split(".")[0] for identity in ids} == {path.stem}


@pytest.mark.parametrize("path", CATALOG, ids=lambda path: path.stem)
def test_every_source_cited_is_said_and_every_source_said_is_cited(path: Path) -> None:
    file = FILES[path]
    cited = set()
    for row in file["models"]:
        cited.update(row["sources"])
        for keys in (row["price"]["source"], row["lifecycle"]["source"], row["lifecycle"].get("launched_source", [])):
            cited.update([keys] if isinstance(keys, str) else keys)
    assert cited == set(file["sources"])


def test_every_model_that_is_named_exists() -> None:
    missing = {
        (identity, other)
        for identity, row in MODELS.items()
        for key in ("replacements", "aws_replacements", "substitutes")
        for other in row.get(key, ())
        if other not in MODELS or other == identity
    }
    assert missing == set()


def test_no_spelling_names_two_models() -> None:
    spellings = Counter(name for row in MODELS.values() for name in {row["id"], *row.get("sized", ()), *row.get("aliases", ())})
    spellings.update(row["mantle_id"] for row in MODELS.values() if "mantle_id" in row)
    assert [name for name, count in spellings.items() if count > 1] == []
    constants = Counter(name for row in MODELS.values() for name in (*row.get("cdk", ()), *row.get("cdk_other", {})))
    assert [name for name, count in constants.items() if count > 1] == []


def test_a_constant_stands_for_a_spelling_of_its_model() -> None:
    for row in MODELS.values():
        known = {row["id"], *row.get("sized", ()), *row.get("aliases", ()), row.get("mantle_id")}
        assert set(row.get("cdk_other", {}).values()) <= known, row["id"]


@pytest.mark.parametrize("identity", MODELS)
def test_dates_are_days_in_order(identity: str) -> None:
    life = MODELS[identity]["lifecycle"]
    days = [date.fromisoformat(life[key]) for key in ("launched", "legacy", "extended_access", "end_of_life") if key in life]
    assert days == sorted(days)


@pytest.mark.parametrize("identity", MODELS)
def test_prices_differ_only_where_they_say_so(identity: str) -> None:
    """A regional price is above the list price, and neither scopes nor regions repeat what follows from these two."""
    price = MODELS[identity]["price"]
    listed, regional = price.get("list"), price.get("regional", price.get("list"))
    if "regional" in price:
        assert price["regional"]["input"] > listed["input"]
    for scope, each in price.get("scopes", {}).items():
        assert scope == "us-gov" or each != (listed if scope == "global" else regional)
    for region, each in price.get("regions", {}).items():
        assert region.startswith("us-gov-") or each != regional
    assert {"us-gov"} | set(MODELS[identity].get("profiles", ())) >= set(price.get("scopes", {})) - {"mantle"} - set(
        MODELS[identity].get("disputed_profiles", ())
    )


def test_the_grammar_knows_every_provider_and_scope_of_the_catalog() -> None:
    assert {path.stem for path in CATALOG} == set(STEMS)
    assert {scope for row in MODELS.values() for scope in row.get("profiles", ())} == set(SCOPES)


@pytest.mark.parametrize("name", ["catalog", "surfaces"])
def test_the_schema_describes_every_field(name: str) -> None:
    schema = json.loads(routelint_schemas.text(name))

    def undescribed(part: Any, path: str) -> list[str]:
        found = []
        for field, each in part.get("properties", {}).items():
            target = schema["$defs"].get(each.get("$ref", "").removeprefix("#/$defs/"), {})
            if "description" not in {**target, **each}:
                found.append(f"{path}/{field}")
        for key, each in part.items():
            if isinstance(each, dict):
                found.extend(undescribed(each, f"{path}/{key}"))
        return found

    assert undescribed(schema, name) == []


def test_the_schema_of_surfaces_has_every_column_the_program_reads() -> None:
    columns = json.loads(routelint_schemas.text("surfaces"))["$defs"]["surface"]["properties"]
    assert set(columns) == {field.name for field in fields(Surface)} | PROVENANCE
    assert set(columns["kind"]["enum"]) == {*map(str, Kind), None}


@pytest.mark.parametrize("path", SURFACES, ids=lambda path: path.stem)
def test_surfaces_are_read_from_their_index(path: Path) -> None:
    rows = FILES[path]["surfaces"]
    read = surfaces.load(path.stem)
    assert [surface.id for surface in read] == [row["id"] for row in rows]
    assert len({surface.id for surface in read}) == len(read)


def test_an_index_is_made_once_for_a_table_and_anew_for_another() -> None:
    made: list[int] = []

    @surfaces.indexed
    def index(rows: Sequence[Surface]) -> int:
        made.append(len(rows))
        return len(rows)

    table = surfaces.load("python")
    assert (index(table), index(table), index(table[1:]), index(table)) == (*[len(table)] * 2, len(table) - 1, len(table))
    assert made == [len(table), len(table) - 1, len(table)]
