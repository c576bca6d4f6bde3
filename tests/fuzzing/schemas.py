"""JSON held against a schema very often: what was found to be valid once is not looked through again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

import routelint_schemas
from fuzzing import seeds
from fuzzing.faults import FaultError

# Some megabytes of numbers.
MOST_REMEMBERED = 200_000
_reference = Draft202012Validator.VALIDATORS["$ref"]


def check(schema: str, output: str) -> None:
    """Raises a fault where a report is not as its schema says: `sarif`, `scan` or `inventory`."""
    error = next(validator(schema).iter_errors(json.loads(output)), None)
    if error is not None:
        raise FaultError("schema", f"{schema}: {error.json_path}: {error.message}"[:600])


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of a kind of report, which remembers what was valid.

    All but a few parts of a report are as they were in the one before: the rules of SARIF alone, which do not change, took most
    of the time. What one part of a schema asks of a value depends on nothing else in a report.
    """
    valid: set[int] = set()

    def remembered(
        validator: Any, target: str, instance: object, schema: Mapping[str, Any]
    ) -> Iterator[jsonschema.ValidationError]:
        asked = hash((target, repr(instance)))
        if asked in valid:
            return
        faulty = False
        for error in _reference(validator, target, instance, schema):
            faulty = True
            yield error
        if not faulty:
            if len(valid) >= MOST_REMEMBERED:
                valid.clear()
            valid.add(asked)

    remembering: type[Draft202012Validator] = extend(Draft202012Validator, {"$ref": remembered})  # type: ignore[no-untyped-call]
    return remembering(json.loads(_text(schema)))


def _text(schema: str) -> str:
    if schema == "sarif":
        return (seeds.TESTS / "data" / "sarif-2.1.0.schema.json").read_text("utf-8")
    return routelint_schemas.text(schema)
