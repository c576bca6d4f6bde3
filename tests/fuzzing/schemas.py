"""JSON held against a schema very often: by compiled code, and now and then by the library that the product itself uses."""

from __future__ import annotations

import json
from functools import cache
from zlib import crc32

import jsonschema_rs
from jsonschema import Draft202012Validator

import routelint_schemas
from fuzzing import seeds
from fuzzing.faults import FaultError

SECOND_OPINION_EVERY = 200


def check(schema: str, output: str) -> None:
    """Raises a fault where a report is not as its schema says: `sarif`, `scan` or `inventory`."""
    document = json.loads(output)
    valid = _compiled(schema).is_valid(document)
    # The same report gets the same treatment.
    if valid and crc32(output.encode()) % SECOND_OPINION_EVERY:
        return
    error = next(_interpreted(schema).iter_errors(document), None)
    if error is not None:
        raise FaultError("schema", f"{schema}: {error.json_path}: {error.message}"[:600])
    if not valid:
        raise FaultError("schema", f"{schema}: one library takes it for valid, and another does not")


@cache
def _compiled(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(_text(schema)))


@cache
def _interpreted(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(_text(schema)))


def _text(schema: str) -> str:
    if schema == "sarif":
        return (seeds.TESTS / "data" / "sarif-2.1.0.schema.json").read_text("utf-8")
    return routelint_schemas.text(schema)
