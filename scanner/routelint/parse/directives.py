"""Inline directives: `# routelint: ignore[missing-required-tag] until=2027-01-31 -- tagged by the platform module, OPS-91`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import date

from routelint.deferred import lazy_regex
from routelint.model import Directive
from routelint.parse import lexicon
from routelint.source import SourceText

NAMES = ("ignore", "justification", "workload", "environment")

_MARK = lazy_regex(r"routelint:[ \t]*(?P<body>[^\r\n]*)")
_IGNORE = lazy_regex(r"ignore\b[ \t]*(?:\[(?P<rules>[^\]]*)\])?(?P<rest>.*)", re.DOTALL)
_SETTING = lazy_regex(r"(?P<name>[A-Za-z][\w-]*)[ \t]*=[ \t]*(?P<value>[^\s,]*)(?P<rest>.*)", re.DOTALL)
_UNTIL = lazy_regex(r"until[ \t]*=[ \t]*(?P<date>\S*)[ \t]*")
_DATE = lazy_regex(r"\d{4}-\d{2}-\d{2}")
_LEAD = lazy_regex(r"[\s:,]*(?:--+|\u2014|\u2013|-(?=\s))?\s*")
# What closes a comment, or decorates its end, is no part of a reason.
_CLOSERS = ("*/", "-->", "#}", "}}")
# In a notebook a line of code is a JSON string.
_NOTEBOOK_END = lazy_regex(r"(?:\\n)?\"?,?\s*$")


def find(text: SourceText, rules: Collection[str]) -> tuple[Directive, ...]:
    """Every directive in the comments of a file, in order. `rules` are the rule ids that exist.

    A directive that is misspelt, incomplete or malformed is returned with its `fault`.
    """
    if "routelint:" not in text.text:
        return ()
    entry = lexicon.of_path(text.path)
    found = []
    notebook = text.path.endswith(".ipynb")
    for start, comment in _comments(text.text, entry, notebook):
        for match in _MARK.finditer(comment):
            body = _without_closer(_NOTEBOOK_END.sub("", match["body"]) if notebook else match["body"])
            # Prose about routelint mentions it too; a directive starts with a word and a bracket or an equals sign.
            if not re.match(r"[A-Za-z-]+[ \t]*(?:[\[=]|$)|ignore\b", body):
                continue
            found.append(_read(text, start, start + len(comment), body, rules))
    return tuple(found)


def _comments(text: str, entry: lexicon.Lexicon, notebook: bool) -> list[tuple[int, str]]:
    if notebook:
        # The code is inside JSON strings: take the lines that a directive stands on, from the hash on.
        hashes = re.compile(r"#[ \t]*routelint:[^\n]*")
        return [(match.start(), match[0]) for match in hashes.finditer(text)]
    return [(token.start, token.text) for token in lexicon.comments(text, entry)]


def _without_closer(body: str) -> str:
    body = body.strip()
    for closer in _CLOSERS:
        body = body.removesuffix(closer).rstrip()
    return body


def _read(text: SourceText, start: int, end: int, body: str, rules: Collection[str]) -> Directive:
    span = text.span(start, end)
    ignore = _IGNORE.fullmatch(body)
    if ignore is not None:
        arguments = tuple(part for part in (each.strip() for each in (ignore["rules"] or "").split(",")) if part)
        rest = ignore["rest"].lstrip()
        until = _UNTIL.match(rest)
        reason = _LEAD.sub("", rest[until.end() :] if until else rest, count=1).strip()
        return Directive(
            text.path,
            span,
            "ignore",
            arguments,
            until["date"] if until else None,
            reason,
            _ignore_fault(ignore["rules"], arguments, until["date"] if until else None, reason, rules),
        )
    setting = _SETTING.fullmatch(body)
    if setting is None:
        word = re.match(r"[A-Za-z-]*", body)
        name = word[0] if word else ""
        return Directive(text.path, span, name, fault=_unknown_name(name) or f"'{name}' has no value; expected {name}=VALUE")
    name, value = setting["name"], setting["value"]
    reason = _LEAD.sub("", setting["rest"], count=1).strip()
    fault = _unknown_name(name) or (None if value else f"'{name}' has no value; expected {name}=VALUE")
    return Directive(text.path, span, name, (value,) if value else (), None, reason, fault)


def _unknown_name(name: str) -> str | None:
    if name in NAMES and name != "ignore":
        return None
    if name == "ignore":
        return "'ignore' names no rule; expected ignore[RULE] and a reason"
    return f"unknown directive '{name}'; expected {_nearest(name, NAMES) or 'one of ' + ', '.join(NAMES)}"


def _ignore_fault(
    written: str | None, arguments: tuple[str, ...], until: str | None, reason: str, rules: Collection[str]
) -> str | None:
    if written is None or not arguments:
        return "'ignore' names no rule; expected ignore[RULE] and a reason"
    for rule in arguments:
        if rule not in rules:
            near = _nearest(rule, sorted(rules))
            return f"unknown rule '{rule}'" + (f"; nearest is {near}" if near else "")
    if until is not None and not _is_date(until):
        return f"'{until}' is no date; expected until=YYYY-MM-DD"
    if not reason:
        return "no reason is given; expected ignore[RULE] -- REASON"
    return None


def _nearest(word: str, known: Collection[str]) -> str | None:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"'{near[0]}'" if near else None


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
