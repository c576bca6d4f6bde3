"""Functions that write and read JSON and YAML, and those that read files of the scanned tree."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.model import Hop, Location
from routelint.parse.terraform import syntax
from routelint.parse.terraform.functions import yaml_text
from routelint.parse.terraform.functions.arguments import Function, on_contents, spread_out
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.values import Failure, bind, entries, from_plain, inside, through
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    concatenate,
    known,
    text_of,
)
from routelint.regex import RegexError, compile_regex

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

MOST_NESTED = 40
MOST_FILES = 256
LONGEST_PATTERN = 500
_GLOB = lazy_regex(r"\*\*/|\*\*|\*|\?|\{([^{}]*)\}|.", re.DOTALL)
LONGEST_DOCUMENT = 400_000
# Stand for holes while a text known in part is decoded.
_FIRST_MARK = 0xF0000


def encode(content: Content, depth: int = 0) -> Content:
    """A value as JSON text; holes stay holes inside the text."""
    if depth > MOST_NESTED:
        return Hole(f"nested deeper than {MOST_NESTED} levels")
    match content:
        case Template(parts):
            return concatenate(['"', *(_escaped(part) if isinstance(part, str) else part for part in parts), '"'])
        case Hole():
            return content if isinstance(content, Failure) else concatenate(['"', content, '"'])
        case Items(items, rest):
            pieces: list[Content] = []
            for item in items:
                pieces.extend((",", encode(item[0].content, depth + 1)) if pieces else (encode(item[0].content, depth + 1),))
            if rest is not None:
                pieces.extend((",", rest) if pieces else (rest,))
            return concatenate(["[", *pieces, "]"])
        case Record(pairs, rest):
            pieces = []
            for key, value in sorted(pairs.items()):
                pieces.extend(("," if pieces else "", _json(key), ":", encode(value[0].content, depth + 1)))
            if rest is not None:
                pieces.extend((",", rest) if pieces else (rest,))
            return concatenate(["{", *pieces, "}"])
        case _:
            return _json(content)


def _json(content: object) -> str:
    """JSON as Terraform writes it: what HTML gives a meaning is escaped."""
    text = json.dumps(content, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _escaped(text: str) -> str:
    return _json(text)[1:-1]


def _encoded(values: Sequence[Possible]) -> Possible:
    if len(values) != 1:
        return known(Failure("wrong number of arguments"))
    return combine(spread_out(values), lambda contents: encode(contents[0]))


def decode(content: Content, *, as_yaml: bool = False) -> Content:
    """The value of a JSON or YAML text; parts that cannot be told stay holes in the texts they stand in."""
    if isinstance(content, Hole):
        return content if isinstance(content, Failure) else Hole(content.reason, content.label)
    if not isinstance(content, str | Template):
        return Failure("no text to decode")
    holes: list[Hole] = []
    text = ""
    for part in content.parts if isinstance(content, Template) else (content,):
        if isinstance(part, Hole):
            text += chr(_FIRST_MARK + len(holes))
            holes.append(part)
        else:
            text += part
    if len(text) > LONGEST_DOCUMENT or len(holes) > 4096:
        return Hole("the document is too large to be decoded")
    try:
        found = yaml_text.load(text) if as_yaml else from_plain(_json_value(text))
    except ValueError:
        return Hole("the text cannot be decoded") if holes else Failure("the text cannot be decoded")
    return _filled(found, holes) if holes else found


def load_text(text: str) -> object:
    """The value of a JSON text in which marks from the private planes may stand unquoted; None where it is no JSON."""
    try:
        return _json_value(text) if len(text) <= LONGEST_DOCUMENT else None
    except ValueError:
        return None


def _json_value(text: str) -> object:
    """A JSON text decoded.

    Raises:
        ValueError: it is no JSON, even with quotes around what stands for a number or a whole object.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        quoted = "".join(f'"{character}"' if _is_mark(character) else character for character in text)
        return json.loads(quoted)


def _is_mark(character: str) -> bool:
    return 0xE000 <= ord(character) <= 0xF8FF or ord(character) >= _FIRST_MARK


def _filled(content: Content, holes: list[Hole]) -> Content:
    match content:
        case str():
            parts: list[Content] = []
            for character in content:
                number = ord(character) - _FIRST_MARK
                parts.append(holes[number] if 0 <= number < len(holes) else character)
            return concatenate(parts) if any(isinstance(part, Hole) for part in parts) else content
        case Items(items, rest):
            return Items(tuple(known(_filled(item[0].content, holes)) for item in items), rest)
        case Record(pairs, rest):
            return Record({_key(key, holes): known(_filled(value[0].content, holes)) for key, value in pairs.items()}, rest)
    return content


def _key(key: str, holes: list[Hole]) -> str:
    filled = _filled(key, holes)
    return filled.label if isinstance(filled, Hole) else str(filled)


def from_file(evaluator: Evaluator, name: str, values: Sequence[Possible], scope: Scope) -> Possible:
    """`file`, `templatefile`, `fileexists`, `fileset`: what the files of the scanned tree hold."""
    if not values:
        return known(Failure("wrong number of arguments"))

    def one(arguments: tuple[Possibility, ...]) -> Possible:
        path = tree_path(arguments[0].content, scope.instance.root)
        if path is None and name == "fileset" and arguments[0].content == "/":
            path = "."
        if path is None:
            content = arguments[0].content
            return known(
                Hole(
                    content.reason if isinstance(content, Hole) else "the path of the file cannot be told", f"${{{name}(...)}}"
                )
            )
        if name == "fileset":
            return known(_files_below(evaluator, path, arguments[1].content if len(arguments) > 1 else None))
        text = evaluator.references.project.text(path)
        if name == "fileexists":
            return known(text is not None) if text is not None else known(Hole(f"{path} is not in the scanned files"))
        if name == "filebase64":
            return known(Hole(f"{path} is read as bytes", f"${{{name}(...)}}"))
        if text is None:
            return known(Hole(f"{path} is not in the scanned files", f"${{{name}(...)}}"))
        if name == "file":
            return through(known(text), Hop(Location(path), f"content of {posixpath.basename(path)}"))
        names = {key: value for key, value in entries(arguments[1]) if key is not None} if len(arguments) > 1 else {}
        return _rendered(evaluator, path, scope.with_names(names))

    return bind(list(values[:2]), one)


def _files_below(evaluator: Evaluator, folder: str, pattern: Content) -> Content:
    """The files below a folder that a pattern fits, relative to it."""
    if not isinstance(pattern, str):
        return Hole(pattern.reason) if isinstance(pattern, Hole | Template) else Failure("fileset takes a pattern")
    try:
        fits = compile_regex(f"^(?:{_GLOB.sub(_as_regex, pattern[:LONGEST_PATTERN])})$")
    except RegexError:
        return Hole("the pattern of file names is not read")
    prefix = "" if folder == "." else folder + "/"
    paths = sorted(evaluator.references.project.tree.paths())
    found = [path[len(prefix) :] for path in paths if path.startswith(prefix)]
    kept = [path for path in found if fits.search(path) is not None]
    rest = Hole(f"more than {MOST_FILES} files") if len(kept) > MOST_FILES else None
    return Items(tuple(known(path) for path in kept[:MOST_FILES]), rest)


def _as_regex(match: re.Match[str]) -> str:
    """One sign of a pattern of file names as an expression; a star takes no more than one folder unless it is double."""
    match match[0]:
        case "**/":
            return "(?:[^/]+/){0,32}"
        case "*" | "**":
            return "[^/]*"
        case "?":
            return "[^/]"
    if match[1]:
        return "(?:" + "|".join(re.escape(each).replace(r"\*", "[^/]*") for each in match[1].split(",")) + ")"
    return re.escape(match[0])


def from_text(evaluator: Evaluator, values: Sequence[Possible], scope: Scope) -> Possible:
    """`templatestring`: a text of the configuration as a template."""
    if len(values) != 2:
        return known(Failure("wrong number of arguments"))

    def one(arguments: tuple[Possibility, ...]) -> Possible:
        content = arguments[0].content
        if not isinstance(content, str):
            return known(Hole(content.reason) if isinstance(content, Hole | Template) else Failure("no text to render"))
        names = {key: value for key, value in entries(arguments[1]) if key is not None}
        found = evaluator.evaluate(syntax.parse_template("", content), scope.with_names(names))
        # Its places are those of no file.
        return tuple(replace(each, trail=tuple(hop for hop in each.trail if hop.location.path)) for each in found)

    return bind(list(values), one)


def _rendered(evaluator: Evaluator, path: str, scope: Scope) -> Possible:
    template = evaluator.references.project.template(path)
    mark = f"template {path}"
    if template is None or mark in scope.instance.active:
        return known(Failure(f"{path} renders itself"))
    scope.instance.active.add(mark)
    try:
        value = evaluator.evaluate(template, scope)
    finally:
        scope.instance.active.discard(mark)
    return through(value, Hop(Location(path), f"template {posixpath.basename(path)}"))


def tree_path(content: Content, root: str) -> str | None:
    """A path of the configuration as a path of the scanned tree: `path.module` starts with a slash, others at the root."""
    if not isinstance(content, str) or not content:
        return None
    path = content if content.startswith("/") else f"/{'' if root == '.' else root}/{content}"
    normal = posixpath.normpath(path).lstrip("/")
    return normal if normal and normal != "." else None


def _yaml_encoded(values: Sequence[Possible]) -> Possible:
    # JSON is YAML; nobody reads the difference here.
    return _encoded(values)


FUNCTIONS: dict[str, Function] = {
    "jsonencode": _encoded,
    "yamlencode": _yaml_encoded,
    "jsondecode": on_contents(decode, 1, 1),
    "yamldecode": on_contents(lambda content: decode(content, as_yaml=True), 1, 1),
}

__all__ = ["FUNCTIONS", "decode", "encode", "from_file", "inside", "text_of", "tree_path"]
