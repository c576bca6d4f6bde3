from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import routelint_schemas
from reports import ANY_REPORT, EMPTY, ERRORS, HOSTILE, OPUS, REPORTS, RESOURCES, RICH, RULES, rows
from routelint.model import Kind, Report, Resolution, Severity
from routelint.output import json_report, pages

HERE = Path(__file__).parent
SCHEMAS = Path(routelint_schemas.__file__).parent


def schema(name: str) -> dict[str, Any]:
    read = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    assert isinstance(read, dict)
    return read


def valid(name: str, text: str) -> dict[str, Any]:
    """The document, valid by its schema."""
    document = json.loads(text)
    assert [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema(name)).iter_errors(document)] == []
    assert isinstance(document, dict)
    return document


def indented(text: str) -> str:
    """A document whose differences can be read."""
    return json.dumps(json.loads(text), indent=2) + "\n"


def parts(node: object, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within a schema that describes a property or a definition."""
    if isinstance(node, dict):
        for key in ("properties", "$defs"):
            for name, each in node.get(key, {}).items():
                yield f"{path}.{name}", each
        for key, each in node.items():
            yield from parts(each, f"{path}.{key}")
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from parts(each, f"{path}[{number}]")


@pytest.mark.parametrize("name", REPORTS)
def test_scan_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(HERE / "cases_output" / f"scan-{name}.json", indented(json_report.scan(REPORTS[name])))


def test_inventory_golden(golden: Callable[[Path, str], None]) -> None:
    golden(HERE / "cases_output" / "inventory-rich.json", indented(json_report.inventory(rows(), RESOURCES, ERRORS)))


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_valid_and_complete(report: Report) -> None:
    scan = valid("scan", json_report.scan(report))
    assert len(scan["findings"]) == len(report.findings)
    assert len(scan["suppressed"]) == len(report.suppressed)
    inventory = valid("inventory", json_report.inventory(rows(report.references), report.resources, report.errors))
    assert len(inventory["routes"]) == len(report.references)
    assert inventory["coverage"]["routes"] == len(report.references)


@pytest.mark.parametrize("name", ["scan", "inventory"])
def test_every_property_is_described_and_more_may_come(name: str) -> None:
    document = schema(name)
    Draft202012Validator.check_schema(document)
    found = list(parts(document))
    assert len(found) > 20
    undescribed = [path for path, part in found if "$ref" not in part and not part.get("description")]
    assert undescribed == []
    assert '"additionalProperties": false' not in json.dumps(document)


@pytest.mark.parametrize("name", ["scan", "inventory"])
def test_documents_of_the_other_kind_are_refused(name: str) -> None:
    other = json_report.scan(RICH) if name == "inventory" else json_report.inventory(rows(), RESOURCES, ERRORS)
    assert not Draft202012Validator(schema(name)).is_valid(json.loads(other))


def test_the_schemas_know_every_word_of_the_model() -> None:
    inventory, scan = schema("inventory")["$defs"], schema("scan")["$defs"]
    assert set(inventory["model"]["properties"]["resolution"]["enum"]) == set(Resolution)
    assert set(inventory["route"]["properties"]["kind"]["enum"]) == set(Kind)
    assert set(scan["finding"]["properties"]["severity"]["enum"]) == set(Severity)


def test_scan_has_the_fields_of_the_contract() -> None:
    scan = valid("scan", json_report.scan(RICH))
    assert set(scan) >= {"version", "findings", "suppressed", "coverage", "errors", "policy"}
    assert scan["version"] == 1
    assert scan["coverage"] == {"routes": 5, "resolved": 3, "unresolved": 2}
    assert scan["policy"] == "routelint.yaml"
    assert scan["errors"][0] == {"path": "legacy/latin.tf", "line": 3, "message": "not UTF-8 text: byte 0xff on line 3"}
    finding = scan["findings"][0]
    assert {key: finding[key] for key in ("rule", "severity", "path", "line", "column", "end_line", "end_column", "root")} == {
        "rule": "model-above-environment-tier",
        "severity": "error",
        "path": "infra/main.tf",
        "line": 7,
        "column": 29,
        "end_line": 7,
        "end_column": 38,
        "root": "infra",
    }
    assert finding["trail"] == [{"path": "infra/dev.tfvars", "line": 1, "column": 9, "note": "dev.tfvars sets model"}]
    assert finding["related"][0]["path"] == "routelint.yaml"
    assert scan["suppressed"][0]["suppressed_by"] == "waiver"


def test_inventory_has_the_fields_of_the_contract() -> None:
    inventory = valid("inventory", json_report.inventory(rows(), RESOURCES, ERRORS))
    assert set(inventory) == {"version", "root", "routes", "resources", "costs", "coverage", "errors"}
    route = inventory["routes"][0]
    assert set(route) == {
        *("path", "line", "column", "end_line", "end_column", "language", "kind", "sink", "symbol", "root"),
        *("models", "unresolved", "taggable", "tags", "environments", "workload"),
    }
    assert route["models"][0] == {
        "id": OPUS,
        "catalog_id": OPUS.removeprefix("us."),
        "scope": "us",
        "tier": "premium",
        "environments": ["dev"],
        "resolution": "tfvars",
        "trail": [{"path": "infra/dev.tfvars", "line": 1, "column": 9, "note": "dev.tfvars sets model"}],
        "input_usd_per_million_tokens": 16.5,
        "output_usd_per_million_tokens": 82.5,
    }
    assert (route["taggable"], route["tags"]) == (True, {"owner": None, "team": "search"})
    assert set(inventory["resources"][0]) == {"path", "line", "language", "type", "name", "root", "taggable", "tags"}
    assert (inventory["resources"][1]["taggable"], inventory["resources"][1]["tags"]) == (False, None)


def test_a_route_known_in_part_has_models_and_a_reason_and_an_unknown_one_only_a_reason() -> None:
    routes = valid("inventory", json_report.inventory(rows(), (), ()))["routes"]
    assert (len(routes[1]["models"]), routes[1]["unresolved"]) == (1, "the condition var.premium cannot be told")
    assert (routes[3]["models"], routes[3]["unresolved"][:9]) == ([], "var.model")
    assert routes[0]["unresolved"] is None


def test_a_model_that_is_not_in_the_catalog_has_nulls() -> None:
    model = valid("inventory", json_report.inventory(rows(), (), ()))["routes"][2]["models"][0]
    assert [model[key] for key in ("catalog_id", "tier", "input_usd_per_million_tokens")] == [None, None, None]


def test_hostile_text_reads_back_with_halves_of_pairs_replaced() -> None:
    finding = json.loads(json_report.scan(HOSTILE))["findings"][0]
    assert finding["path"].startswith("a\n::error file=x::owned/\x1b[31mred\u202e/caf\ufffd")
    assert finding["roots"][1] == "\ufffd"


def test_each_finding_and_each_route_is_a_line() -> None:
    assert sum(line.startswith('    {"rule"') for line in json_report.scan(RICH).splitlines()) == len(RICH.findings) + len(
        RICH.suppressed
    )
    inventory = json_report.inventory(rows(), RESOURCES, ERRORS).splitlines()
    assert sum(line.startswith('    {"path"') and '"sink"' in line for line in inventory) == len(RICH.references)


def test_an_empty_scan_is_a_document() -> None:
    assert valid("scan", json_report.scan(EMPTY))["findings"] == []


def test_rules_as_json() -> None:
    document = json.loads(pages.rules_json(RULES))
    assert [rule["id"] for rule in document["rules"]] == [rule.id for rule in RULES]
    assert document["rules"][5] | {"page": ""} == {
        "id": "hardcoded-model",
        "summary": "A literal in code where the policy wants routes to be configurable",
        "severity": "off",
        "category": "route",
        "waivable": True,
        "tags": ["bedrock", "cost"],
        "page": "",
    }
