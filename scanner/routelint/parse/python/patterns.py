"""Patterns of `match`: whether a value fits, what is left of a value that does, and what a pattern captures."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.parse.python import changes, holding
from routelint.parse.python.conditions import equal
from routelint.parse.python.scopes import last_name
from routelint.parse.python.values import NOTHING, Site, is_gap, join
from routelint.possible import Content, Items, Possibility, Possible, Record, Template, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": (str, Template),
    "int": int,
    "float": float,
    "bool": bool,
    "dict": Record,
    "list": Items,
    "tuple": Items,
}


def verdict(evaluator: Evaluator, case: ast.match_case, subject: Possible, site: Site) -> bool | None:
    """Whether a case is always taken or never is; None where both can be."""
    outcomes = [fits(evaluator, case.pattern, each.content, site) for each in subject]
    outcome = outcomes[0] if outcomes and all(each is outcomes[0] for each in outcomes) else None
    if not subject and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
        outcome = True
    if case.guard is None or outcome is False:
        return outcome
    # A guard speaks of names the pattern captures, which are bound in the case and not here.
    return None


def fits(evaluator: Evaluator, pattern: ast.pattern, content: Content, site: Site) -> bool | None:
    """Whether a content fits a pattern; None where that cannot be told."""
    match pattern:
        case ast.MatchAs(pattern=None) | ast.MatchStar():
            return True
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return fits(evaluator, inner, content, site)
        case ast.MatchValue(value=value):
            return _any([equal(content, each.content) for each in evaluator.expression(value, site)])
        case ast.MatchSingleton(value=value):
            return None if is_gap(content) else content is value
        case ast.MatchOr(patterns=patterns):
            outcomes = [fits(evaluator, each, content, site) for each in patterns]
            return True if True in outcomes else None if None in outcomes else False
    if is_gap(content):
        return None
    match pattern:
        case ast.MatchSequence(patterns=patterns):
            return _fits_sequence(evaluator, patterns, content, site)
        case ast.MatchMapping(keys=keys, patterns=patterns):
            return _fits_mapping(evaluator, keys, patterns, content, site)
        case ast.MatchClass(cls=cls, patterns=[], kwd_patterns=[]) if (name := last_name(cls)) in _TYPES:
            return isinstance(content, _TYPES[name]) if isinstance(content, str | int | Template | Items | Record) else None
    return None


def _any(outcomes: list[bool | None]) -> bool | None:
    return outcomes[0] if len(outcomes) == 1 else None


def _all(outcomes: list[bool | None]) -> bool | None:
    return False if False in outcomes else None if None in outcomes else True


def _fits_sequence(evaluator: Evaluator, patterns: list[ast.pattern], content: Content, site: Site) -> bool | None:
    if not isinstance(content, Items):
        return False
    star = any(isinstance(each, ast.MatchStar) for each in patterns)
    if content.rest is not None:
        return None
    if len(content.items) < len(patterns) - star or (not star and len(content.items) != len(patterns)):
        return False
    outcomes = []
    for index, each in enumerate(patterns):
        if isinstance(each, ast.MatchStar):
            break
        outcomes.append(_of_all(evaluator, each, content.items[index], site))
    return _all(outcomes) if not star or isinstance(patterns[-1], ast.MatchStar) else None


def _fits_mapping(
    evaluator: Evaluator, keys: list[ast.expr], patterns: list[ast.pattern], content: Content, site: Site
) -> bool | None:
    if not isinstance(content, Record):
        return False
    outcomes: list[bool | None] = []
    for key, pattern in zip(keys, patterns, strict=True):
        names = evaluator.expression(key, site)
        name = changes.key_text(names[0].content) if len(names) == 1 else None
        if name is None or (name not in content.entries and content.rest is not None):
            outcomes.append(None)
        elif name not in content.entries:
            return False
        else:
            outcomes.append(_of_all(evaluator, pattern, content.entries[name], site))
    return _all(outcomes)


def _of_all(evaluator: Evaluator, pattern: ast.pattern, value: Possible, site: Site) -> bool | None:
    outcomes = [fits(evaluator, pattern, each.content, site) for each in value]
    return outcomes[0] if outcomes and all(each is outcomes[0] for each in outcomes) else None


def matched(evaluator: Evaluator, pattern: ast.pattern, value: Possible, site: Site) -> Possible:
    """The possibilities of a match subject that a pattern takes."""
    kept = tuple(each for each in value if fits(evaluator, pattern, each.content, site) is not False)
    if kept and all(is_gap(each.content) for each in kept):
        # Where the value was not known, the pattern itself says what it is.
        return _written(evaluator, pattern, site) or kept
    return kept


def _written(evaluator: Evaluator, pattern: ast.pattern, site: Site) -> Possible:
    match pattern:
        case ast.MatchValue(value=value):
            return evaluator.expression(value, site)
        case ast.MatchSingleton(value=value):
            return (Possibility(value),)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _written(evaluator, inner, site)
        case ast.MatchOr(patterns=patterns):
            values = [_written(evaluator, inner, site) for inner in patterns]
            return join(values) if all(values) else NOTHING
    return NOTHING


def captures(pattern: ast.pattern, key: str) -> bool:
    """Whether a pattern gives a value to a name."""
    for node in ast.walk(pattern):
        match node:
            case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name) if name == key:
                return True
    return False


def captured(evaluator: Evaluator, pattern: ast.pattern, key: str, value: Possible, site: Site) -> Possible:
    """What a pattern that captures a name gives it, of a value that fits."""
    match pattern:
        case ast.MatchAs(name=name) if name == key:
            return value if pattern.pattern is None else matched(evaluator, pattern.pattern, value, site)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return captured(evaluator, inner, key, value, site)
        case ast.MatchOr(patterns=patterns):
            ways = [matched(evaluator, each, value, site) for each in patterns]
            return join([captured(evaluator, each, key, way, site) for each, way in zip(patterns, ways, strict=True) if way])
        case ast.MatchSequence(patterns=patterns):
            star = next((index for index, each in enumerate(patterns) if isinstance(each, ast.MatchStar)), len(patterns))
            for index, each in enumerate(patterns):
                if captures(each, key):
                    if isinstance(each, ast.MatchStar):
                        return holding.down(value, [slice(index, index + 1 - len(patterns) or None)], "the subject")
                    place = index if index < star else index - len(patterns)
                    return captured(evaluator, each, key, holding.item(value, place, "the subject"), site)
        case ast.MatchMapping(keys=keys, patterns=patterns):
            for node, each in zip(keys, patterns, strict=True):
                if captures(each, key):
                    found = evaluator.expression(node, site)
                    text = changes.key_text(found[0].content) if len(found) == 1 else None
                    inner_value = (
                        holding.item(value, text, "the subject") if text is not None else unknown("a key of a pattern")
                    )
                    return captured(evaluator, each, key, inner_value, site)
        case ast.MatchClass(kwd_attrs=names, kwd_patterns=patterns):
            for attribute, each in zip(names, patterns, strict=True):
                if captures(each, key):
                    return captured(evaluator, each, key, evaluator.attribute(value, attribute, site), site)
    return unknown(f"{key} is taken from a match pattern")
