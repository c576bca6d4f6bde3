"""Functions of texts and numbers. Where a text is known in part, its known letters are still worked on."""

from __future__ import annotations

import base64
import hashlib
import math
import posixpath
import re
import textwrap
from collections.abc import Callable, Sequence
from urllib.parse import quote_plus

from routelint.deferred import lazy_regex
from routelint.parse.terraform.functions import documents, patterns
from routelint.parse.terraform.functions.arguments import (
    Function,
    as_text,
    as_whole,
    on_contents,
    on_scalars,
    spread_out,
)
from routelint.parse.terraform.values import Computed, Failure, literal_parts
from routelint.possible import Content, Hole, Items, Possible, Record, Template, combine, concatenate, known
from routelint.regex import Match, Regex


def _by_parts(change: Callable[[str], str]) -> Function:
    """A function that changes letters one by one, so that holes stay where they are."""

    def apply(content: Content) -> Content:
        parts = literal_parts(content)
        if parts is None:
            return Failure("a list, map or null stands where a text is expected")
        return concatenate([change(part) if isinstance(part, str) else part for part in parts])

    return on_contents(apply, 1, 1)


def _replace(subject: Content, old: Content, new: Content) -> Content:
    parts, replacement = literal_parts(subject), literal_parts(new)
    if parts is None or replacement is None:
        return Failure("replace is asked of a list, map or null")
    if isinstance(old, Hole | Template):
        return Hole(old.reason)
    pattern = as_text(old)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        if len(parts) == 1 and len(replacement) == 1 and isinstance(parts[0], str) and isinstance(replacement[0], str):
            result_text = patterns.substituted(pattern[1:-1], parts[0], replacement[0])
            return result_text if result_text is not None else Hole("the regular expression is not evaluated")
        return concatenate(parts) if _is_hole_only(parts) else Hole("a regular expression runs over a text known in part")
    result: list[str | Hole] = []
    for part in parts:
        if not isinstance(part, str) or not pattern:
            result.append(part)
            continue
        for number, piece in enumerate(part.split(pattern)):
            if number:
                result.extend(replacement)
            result.append(piece)
    return concatenate(result)


def _is_hole_only(parts: Sequence[str | Hole]) -> bool:
    return all(isinstance(part, Hole) for part in parts)


def _regex(pattern: Content, subject: Content) -> Content:
    compiled = patterns.compiled(as_text(pattern), as_text(subject))
    if compiled is None:
        return Hole("the regular expression is not evaluated")
    found = patterns.matches(compiled, as_text(subject))
    return _captured(compiled, found[0]) if found else Failure("the regular expression does not match")


def _captured(compiled: Regex, match: Match) -> Content:
    if compiled.groupindex:
        return Record({name: known(match.group(number)) for name, number in compiled.groupindex.items()})
    if compiled.groups:
        return Items(tuple(known(group) for group in match.groups()))
    return match.group(0)


def _regexall(pattern: Content, subject: Content) -> Content:
    compiled = patterns.compiled(as_text(pattern), as_text(subject))
    if compiled is None:
        return Hole("the regular expression is not evaluated")
    return Items(tuple(known(_captured(compiled, match)) for match in patterns.matches(compiled, as_text(subject))))


def _split(separator: Content, subject: Content) -> Content:
    parts = literal_parts(subject)
    if parts is None:
        return Failure("split is asked of a list, map or null")
    if not isinstance(separator, str) or not separator:
        return Hole("the separator cannot be told") if isinstance(separator, Hole | Template) else Failure("no separator")
    if len(parts) == 1 and isinstance(parts[0], Hole):
        return Hole(parts[0].reason)
    pieces: list[list[str | Hole]] = [[]]
    for part in parts:
        if isinstance(part, Hole):
            pieces[-1].append(part)
            continue
        for number, piece in enumerate(part.split(separator)):
            if number:
                pieces.append([])
            pieces[-1].append(piece)
    return Items(tuple(known(concatenate(piece)) for piece in pieces[:4096]))


def _join(values: Sequence[Possible]) -> Possible:
    if not values:
        return known(Failure("wrong number of arguments"))

    def apply(contents: tuple[Content, ...]) -> Content:
        separator, *lists = contents
        parts: list[Content] = []
        for each in lists:
            if not isinstance(each, Items):
                return Hole(each.reason) if isinstance(each, Hole) else Failure("join takes lists")
            for item in each.items:
                parts.extend((separator, item[0].content) if parts else (item[0].content,))
            if each.rest is not None:
                parts.append(each.rest)
        return concatenate(parts)

    return combine(spread_out(values), apply)


_VERB = lazy_regex(r"%(?:%|(?:\[(\d{1,4})\])?([-+ 0#]{0,4})(\d{0,6})(?:\.(\d{1,6}))?([vsdqtfegx]))")


def _format(template: Content, *arguments: Content) -> Content:
    """The text with its verbs filled. What cannot be told of it is left where it stands, and is taken to hold no verb."""
    match template:
        case str():
            written: tuple[str | Hole, ...] = (template,)
        case Template(parts=written):
            pass
        case _:
            return Hole(template.reason) if isinstance(template, Hole) else Failure("format takes a text")
    parts: list[Content] = []
    number = 0
    for piece in written:
        if isinstance(piece, Hole):
            parts.append(piece)
            continue
        position = 0
        for match in _VERB.finditer(piece):
            parts.append(piece[position : match.start()])
            position = match.end()
            if match[0] == "%%":
                parts.append("%")
                continue
            number = int(match[1]) if match[1] else number + 1
            if number > len(arguments):
                return Failure("format has too few arguments")
            parts.append(_formatted(arguments[number - 1], match[2], match[3], match[4], match[5]))
        parts.append(piece[position:])
    return concatenate(parts)


def _formatted(content: Content, flags: str, width: str, precision: str | None, verb: str) -> Content:
    if verb == "v" and (isinstance(content, Items | Record) or "#" in flags):
        return documents.encode(content)
    if isinstance(content, Hole | Template | Items | Record):
        return content
    text = as_text(content)
    if verb in "feg" and not isinstance(content, bool):
        text = f"{float(text):.{min(int(precision or 6), 20)}{verb}}"
    elif verb == "d":
        text = str(int(float(text)))
    elif verb == "q":
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif verb == "x":
        text = f"{int(text):x}" if text.isdigit() else text.encode().hex()
    room = min(int(width or 0), 256)
    if "-" in flags:
        return text.ljust(room)
    return text.zfill(room) if "0" in flags else text.rjust(room)


def _substr(subject: Content, offset: Content, length: Content) -> Content:
    text, start, size = as_text(subject), as_whole(offset), as_whole(length)
    if start < 0:
        # Terraform 1.11 takes a length of 0 for the rest of the text here, and only here.
        start = max(0, len(text) + start)
        size = size or -1
    return text[start:] if size < 0 else text[start : start + size]


def _trim(side: str) -> Callable[[Content, Content], Content]:
    def apply(subject: Content, letters: Content) -> Content:
        text, cut = as_text(subject), as_text(letters)
        match side:
            case "prefix":
                return text.removeprefix(cut)
            case "suffix":
                return text.removesuffix(cut)
        return text.strip(cut)

    return apply


def _trim_edge(side: str) -> Function:
    """`trimprefix`, `trimsuffix`: only the edge of the text must be known."""

    def apply(subject: Content, cut: Content) -> Content:
        parts = literal_parts(subject)
        if parts is None or not isinstance(cut, str):
            return Failure("trim is asked of a list, map or null") if parts is None else Hole("what is trimmed cannot be told")
        edge = parts[0] if side == "prefix" else parts[-1]
        if not isinstance(edge, str):
            return Hole(edge.reason, edge.label)
        if side == "prefix":
            return concatenate([edge.removeprefix(cut), *parts[1:]])
        return concatenate([*parts[:-1], edge.removesuffix(cut)])

    return on_contents(apply, 2, 2)


def _starts(side: str) -> Function:
    def apply(subject: Content, wanted: Content) -> Content:
        parts = literal_parts(subject)
        if parts is None or not isinstance(wanted, str):
            return Hole("what is compared cannot be told")
        edge = parts[0] if side == "prefix" else parts[-1]
        if not isinstance(edge, str):
            return Hole(edge.reason, edge.label)
        if len(parts) == 1 or len(edge) >= len(wanted):
            return edge.startswith(wanted) if side == "prefix" else edge.endswith(wanted)
        short = wanted.startswith(edge) if side == "prefix" else wanted.endswith(edge)
        return Hole("the text is known in part") if short else False

    return on_contents(apply, 2, 2)


def _title(text: str) -> str:
    """As Go's strings.Title: a letter after anything but a letter, digit or underscore becomes upper case."""
    return re.sub(r"(?<![^\W])(\w)", lambda match: match[1].upper(), text)


def _number(content: Content) -> int | float:
    number = float(as_text(content))
    return int(number) if number.is_integer() else number


def _extreme(pick: Callable[[Sequence[int | float]], int | float]) -> Callable[..., Content]:
    return lambda *contents: pick([_number(content) for content in contents])


def _digest(name: str) -> Callable[[Content], Content]:
    return lambda content: hashlib.new(name, as_text(content).encode(), usedforsecurity=False).hexdigest()


def _unbase64(content: Content) -> Content:
    return base64.b64decode(as_text(content), validate=True).decode("utf-8")


def _unknown_here(what: str) -> Function:
    return lambda values: known(Computed(what))


FUNCTIONS: dict[str, Function] = {
    "lower": _by_parts(str.lower),
    "upper": _by_parts(str.upper),
    "title": _by_parts(_title),
    "chomp": on_scalars(lambda text: as_text(text).rstrip("\r\n"), 1, 1),
    "trimspace": on_scalars(lambda text: as_text(text).strip(), 1, 1),
    "trim": on_scalars(_trim("both"), 2, 2),
    "trimprefix": _trim_edge("prefix"),
    "trimsuffix": _trim_edge("suffix"),
    "startswith": _starts("prefix"),
    "endswith": _starts("suffix"),
    "strcontains": on_scalars(lambda text, part: as_text(part) in as_text(text), 2, 2),
    "strrev": on_scalars(lambda text: as_text(text)[::-1], 1, 1),
    "substr": on_scalars(_substr, 3, 3),
    "indent": on_scalars(lambda size, text: textwrap.indent(as_text(text), " " * min(as_whole(size), 64)).lstrip(" "), 2, 2),
    "replace": on_contents(_replace, 3, 3),
    "regex": on_scalars(_regex, 2, 2),
    "regexall": on_scalars(_regexall, 2, 2),
    "split": on_contents(_split, 2, 2),
    "join": _join,
    "format": on_contents(_format, 1),
    "basename": on_scalars(lambda path: posixpath.basename(as_text(path).rstrip("/")) or (as_text(path)[:1] or "."), 1, 1),
    "dirname": on_scalars(lambda path: posixpath.dirname(as_text(path)) or ".", 1, 1),
    "abspath": on_contents(lambda path: path, 1, 1),
    "pathexpand": on_contents(lambda path: path, 1, 1),
    "urlencode": on_scalars(lambda text: quote_plus(as_text(text), safe=""), 1, 1),
    "base64encode": on_scalars(lambda text: base64.b64encode(as_text(text).encode()).decode(), 1, 1),
    "base64decode": on_scalars(_unbase64, 1, 1),
    "md5": on_scalars(_digest("md5"), 1, 1),
    "sha1": on_scalars(_digest("sha1"), 1, 1),
    "sha256": on_scalars(_digest("sha256"), 1, 1),
    "sha512": on_scalars(_digest("sha512"), 1, 1),
    "abs": on_scalars(lambda number: abs(_number(number)), 1, 1),
    "ceil": on_scalars(lambda number: math.ceil(_number(number)), 1, 1),
    "floor": on_scalars(lambda number: math.floor(_number(number)), 1, 1),
    "max": on_scalars(_extreme(max), 1),
    "min": on_scalars(_extreme(min), 1),
    "parseint": on_scalars(lambda text, base: int(as_text(text), as_whole(base)), 2, 2),
    "timestamp": _unknown_here("the time of the run"),
    "plantimestamp": _unknown_here("the time of the run"),
    "uuid": _unknown_here("a random value"),
    "bcrypt": _unknown_here("a random value"),
    "cidrsubnets": _unknown_here("an address range is not computed"),
    "filemd5": _unknown_here("the digest of a file"),
    "filesha1": _unknown_here("the digest of a file"),
    "filesha256": _unknown_here("the digest of a file"),
    "filebase64sha256": _unknown_here("the digest of a file"),
    "filebase64sha512": _unknown_here("the digest of a file"),
    "formatdate": _unknown_here("a time"),
    "timeadd": _unknown_here("a time"),
}
