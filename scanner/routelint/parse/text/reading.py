"""Texts and files that programs parse, the context of the CDK, and the JSON that programs write."""

from __future__ import annotations

import json
import posixpath
from dataclasses import replace

from routelint.model import Resolution
from routelint.parse.lexicon import NUMBER
from routelint.parse.text.files import from_json, joined, matching, read, taken
from routelint.parse.text.objects import entries
from routelint.parse.text.scope import Evaluate, Path, Scope
from routelint.possible import (
    Hole,
    Possibility,
    Possible,
    Template,
    combine,
    concatenate,
    in_environments,
    known,
    unite,
    unknown,
)

READS_FILE = ("readFileSync", "readFile", "readJsonSync", "readJSONSync", "loadJsonFile")
_JOINS = ("join", "resolve")
_MOST_PATHS = 8
MOST_DEPTH = 40


def parsed(evaluate: Evaluate, scope: Scope, argument: tuple[int, int], path: Path, depth: int) -> Possible:
    """What parsed text holds: of a file that is read, or of a text of JSON."""
    code = scope.code
    parts = [index for index in code.level(*argument) if not code.is_name(index, "await")]
    called = next((index for index in reversed(parts) if code.is_mark(index, "(")), None)
    while called is not None and code.is_name(called - 1, "toString"):
        called = next((index for index in reversed(parts) if code.is_mark(index, "(") and index < called), None)
    if called is not None and code.is_name(called - 1, *READS_FILE):
        first = next(code.entries(code.opened_at[called]), None)
        if first is not None:
            return of_file(evaluate, scope, first, path, depth)
    declared = code.declarations.get(code.tokens[argument[0]].text, ()) if argument[1] - argument[0] == 1 else ()
    if len(declared) == 1 and any(code.is_name(index, *READS_FILE) for index in code.level(declared[0].start, declared[0].end)):
        return parsed(evaluate, scope, (declared[0].start, declared[0].end), path, depth + 1)
    return from_json(evaluate(scope, *argument, (), depth + 1), path)


def of_file(evaluate: Evaluate, scope: Scope, argument: tuple[int, int], path: Path, depth: int) -> Possible:
    """What a configuration file holds that is named by a path, of which parts may be unknown."""
    found = [
        in_environments(taken(replace(data, path=path)), environments)
        for pattern, environments in _patterns(evaluate, scope, argument, depth)
        for data in matching(scope, pattern, named=not environments)
    ]
    return unite(found) if found else unknown("the file that is read is not among the scanned files")


def _patterns(
    evaluate: Evaluate, scope: Scope, argument: tuple[int, int], depth: int
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The paths that an expression may name, with `*` for what cannot be told, each with the environments it holds in."""
    code = scope.code
    group = code.closed_at.get(argument[1] - 1)
    pieces = [argument]
    if group is not None and code.opener(group) == "(" and code.is_name(code.groups[group].open - 1, *_JOINS):
        pieces = list(code.entries(group))
    elif argument[1] - argument[0] == 1 and code.is_name(argument[0]):
        found = code.declarations.get(code.tokens[argument[0]].text, ())
        if len(found) == 1 and depth < MOST_DEPTH:
            return _patterns(evaluate, scope, (found[0].start, found[0].end), depth + 1)
    here = any(code.is_name(low, "__dirname") for low, _ in pieces) or len(pieces) == 1
    parts = []
    for low, high in pieces:
        if high - low == 1 and code.is_name(low, "__dirname"):
            continue
        if any(code.is_name(index, "cwd") for index in code.level(low, high)):
            continue
        value = evaluate(scope, low, high, (), depth + 1) or unknown("no part of a path")
        parts.append(tuple(replace(each, content=_part(each)) for each in value[:_MOST_PATHS]))
    folder = posixpath.dirname(scope.file.path) if here else ""
    whole = combine(parts, lambda texts: joined(folder, *map(str, texts)))
    return tuple(
        dict.fromkeys((each.content, each.environments) for each in whole[:_MOST_PATHS] if isinstance(each.content, str))
    )


def _part(each: Possibility) -> str:
    """A part of a path as a pattern; the name of a file that only stands where nothing is given may be another."""
    if isinstance(each.content, Template):
        return "".join(part if isinstance(part, str) else "*" for part in each.content.parts)
    if not isinstance(each.content, str):
        return "*"
    if each.resolution in (Resolution.ENV_DEFAULT, Resolution.PARAMETER_DEFAULT):
        return "*" + posixpath.splitext(each.content)[1]
    return each.content


def context(evaluate: Evaluate, scope: Scope, argument: tuple[int, int], path: Path, depth: int) -> Possible:
    """A value of the CDK's context: of the app's `cdk.json`, else of what was looked up; the command line may give another."""
    keys = [str(each.content) for each in evaluate(scope, *argument, (), depth + 1) if isinstance(each.content, str)]
    folder = posixpath.dirname(scope.file.path)
    while len(keys) == 1:
        data = read(scope, posixpath.join(folder, "cdk.json"))
        if data is not None:
            kept = read(scope, posixpath.join(folder, "cdk.context.json"))
            found = taken(replace(data, path=("context", keys[0], *path)))
            if not found and kept is not None:
                found = taken(replace(kept, path=(keys[0], *path)))
            if found:
                return tuple(replace(each, resolution=Resolution.PARAMETER_DEFAULT) for each in found)
            break
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return unknown(f"the context value '{keys[0] if keys else '?'}' is given on the command line")


def stringify(evaluate: Evaluate, scope: Scope, start: int, end: int, depth: int) -> Possible:
    """The text of JSON that an expression is written as."""
    pieces: list[Possible] = []
    _write(evaluate, scope, start, end, depth, pieces)
    return combine(pieces, concatenate)


def _write(evaluate: Evaluate, scope: Scope, start: int, end: int, depth: int, pieces: list[Possible]) -> None:
    code = scope.code
    group = code.opened_at.get(start)
    if depth > 24 or len(pieces) > 400:
        pieces.append(known("null"))
    elif group is not None and code.opener(group) == "{":
        pieces.append(known("{"))
        for entry in entries(code, group):
            if entry.name is None:
                continue
            separator = "" if pieces[-1] == known("{") else ", "
            pieces.append(known(f"{separator}{json.dumps(entry.name)}: "))
            _write(evaluate, scope, entry.start, entry.end, depth + 1, pieces)
        pieces.append(known("}"))
    elif group is not None and code.opener(group) == "[":
        pieces.append(known("["))
        for number, (low, high) in enumerate(code.entries(group)):
            if number:
                pieces.append(known(", "))
            _write(evaluate, scope, low, high, depth + 1, pieces)
        pieces.append(known("]"))
    elif end - start == 1 and (code.is_name(start, "true", "false", "null") or code.tokens[start].kind is NUMBER):
        pieces.append(known(code.tokens[start].text))
    else:
        target = _object(scope, start, end)
        if target is not None:
            _write(evaluate, scope, *target, depth + 1, pieces)
        else:
            pieces.append(
                tuple(replace(each, content=_quoted(each.content)) for each in evaluate(scope, start, end, (), depth + 1))
            )


def _object(scope: Scope, start: int, end: int) -> tuple[int, int] | None:
    """The object or list of the file that a name stands for."""
    code = scope.code
    found = code.declarations.get(code.tokens[start].text, ()) if end - start == 1 and code.is_name(start) else ()
    if len(found) == 1 and code.is_mark(found[0].start, "{", "["):
        return found[0].start, found[0].end
    return None


def _quoted(content: object) -> str | Template:
    match content:
        case Hole():
            return Template(('"', content, '"'))
        case Template(parts):
            return Template(('"', *(json.dumps(each)[1:-1] if isinstance(each, str) else each for each in parts), '"'))
        case str() | bool() | int() | float():
            return json.dumps(content)
        case _:
            return "null"
