"""Whether a file surely conforms to its schema: a quick check that knows the keywords the schemas of such files use.

Importing jsonschema takes 72 ms, as much as a whole scan of one file; a valid policy must not pay for it. See
docs/decisions/0005-policy-validation.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import routelint_schemas
from routelint import regex
from routelint.deferred import lazy_regex
from routelint.policy import glob
from routelint.policy.source import Plain

Schema = Mapping[str, Any]

_DAY = lazy_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}
# Keywords that say nothing about validity.
_ANNOTATIONS = frozenset({"description", "title", "examples", "default", "$schema", "$id", "$defs", "then", "else"})


def _check_date(text: str) -> None:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day that exists, as YYYY-MM-DD") from None


def _check_environment(text: str) -> None:
    glob.compile_text(text.removeprefix("!"))


# Formats of the schema -> what raises ValueError, with what was expected, where a text does not have the format.
FORMATS: Mapping[str, Callable[[str], object]] = {
    "date": _check_date,
    "glob": glob.compile_text,
    "route-pattern": glob.check_route,
    "environment-pattern": _check_environment,
    "linear-regex": regex.compile_regex,
}


@cache
def schema(name: str = "policy") -> Schema:
    """A schema by its name: that of policy files, or of another kind of file that is written by hand."""
    loaded: Schema = json.loads(routelint_schemas.text(name))
    return loaded


def conforms(instance: Plain, part: Schema, whole: Schema | None = None) -> bool:
    """Whether an instance is surely valid; False also where a keyword is not known here.

    `whole` is the schema whose `$defs` a part refers to; left out, the part itself.
    """
    whole = part if whole is None else whole
    return all(_holds(keyword, instance, part, whole) for keyword in part if keyword not in _ANNOTATIONS)


def _holds(keyword: str, instance: Plain, part: Schema, whole: Schema) -> bool:
    value = part[keyword]
    match keyword:
        case "$ref":
            return conforms(instance, whole["$defs"][value.removeprefix("#/$defs/")], whole)
        case "type":
            return any(_is_type(instance, each) for each in ([value] if isinstance(value, str) else value))
        case "enum":
            return any(instance == each and type(instance) is type(each) for each in value)
        case "const":
            return bool(instance == value) and type(instance) is type(value)
        case "if":
            branch = "then" if conforms(instance, value, whole) else "else"
            return conforms(instance, part.get(branch, {}), whole)
    match instance:
        case str():
            return _holds_text(keyword, instance, value)
        case bool() | None:
            return keyword in _KEYWORDS
        case int() | float():
            return _holds_number(keyword, instance, value)
        case list():
            return _holds_list(keyword, instance, value, whole)
        case dict():
            return _holds_map(keyword, instance, value, part, whole)


# Keywords that are judged above, each on the one type of instance it speaks of.
_KEYWORDS = frozenset(
    {
        *("minLength", "maxLength", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("items", "minItems", "uniqueItems"),
        *("required", "properties", "propertyNames", "additionalProperties"),
    }
)


def _is_type(instance: Plain, name: str) -> bool:
    return isinstance(instance, _JSON_TYPES[name]) and (name == "boolean" or not isinstance(instance, bool))


def _holds_text(keyword: str, text: str, value: Any) -> bool:
    match keyword:
        case "minLength":
            return len(text) >= int(value)
        case "maxLength":
            return len(text) <= int(value)
        case "pattern":
            return re.search(value, text) is not None
        case "format":
            return _has_format(value, text)
    return keyword in _KEYWORDS


def _has_format(name: str, text: str) -> bool:
    try:
        FORMATS[name](text)
    except ValueError:
        return False
    return True


def _holds_number(keyword: str, number: float, value: float) -> bool:
    match keyword:
        case "minimum":
            return number >= value
        case "maximum":
            return number <= value
        case "exclusiveMinimum":
            return number > value
        case "exclusiveMaximum":
            return number < value
    return keyword in _KEYWORDS


def _holds_list(keyword: str, items: Sequence[Plain], value: Any, whole: Schema) -> bool:
    match keyword:
        case "items":
            return all(conforms(item, value, whole) for item in items)
        case "minItems":
            return len(items) >= int(value)
        case "uniqueItems":
            return all(isinstance(item, str) for item in items) and len(set(map(str, items))) == len(items)
    return keyword in _KEYWORDS


def _holds_map(keyword: str, entries: Mapping[str, Plain], value: Any, part: Schema, whole: Schema) -> bool:
    known: Schema = part.get("properties", {})
    match keyword:
        case "required":
            return all(key in entries for key in value)
        case "properties":
            return all(conforms(entries[key], each, whole) for key, each in value.items() if key in entries)
        case "propertyNames":
            return all(conforms(key, value, whole) for key in entries)
        case "additionalProperties":
            others = [each for key, each in entries.items() if key not in known]
            return not others if value is False else all(conforms(each, value, whole) for each in others)
    return keyword in _KEYWORDS
