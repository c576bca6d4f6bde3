"""Conditions: whether a test can be decided, and what it says of a name on each side."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python.children import walk
from routelint.parse.python.scopes import dotted
from routelint.parse.python.values import (
    Class,
    Function,
    Instance,
    Made,
    ModuleValue,
    Partial,
    Site,
    Symbol,
    Unset,
    is_gap,
    sole_text,
)
from routelint.possible import Content, Items, Possibility, Possible, Record, Template

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


# Starts the path of an SDK client; see `libraries`.
SDK = "boto3:"
# What another may set: a deployment, or a caller outside of the scan.
_DEFAULTS = (Resolution.ENV_DEFAULT, Resolution.PARAMETER_DEFAULT)


def truth(content: Content) -> bool | None:
    """Whether a content counts as true; None where that cannot be told."""
    match content:
        case Items(items, rest) if rest is None or items:
            return bool(items)
        case Record(entries, rest) if rest is None or entries:
            return bool(entries)
        case Items() | Record():
            return None
        case Template(parts):
            return True if any(isinstance(part, str) and part for part in parts) else None
        case Class() | Function() | Instance() | ModuleValue() | Partial():
            return True
        case Made(path=path):
            # What a class of a library makes is something; what its functions give may be nothing: `re.match(...)`.
            name = path.removesuffix("()").rpartition(".")[2]
            return True if path.startswith(SDK) or name[:1].isupper() else None
    return None if is_gap(content) or isinstance(content, Symbol) or not _is_scalar(content) else bool(content)


def presence(content: Content) -> bool | None:
    """Whether a content counts as true to code that fills in what is missing: an unset variable does not."""
    return False if isinstance(content, Unset) else truth(content)


def _is_scalar(content: Content) -> bool:
    return content is None or isinstance(content, str | bool | int | float)


def mentions(test: ast.expr, key: str) -> bool:
    """Whether a test says something of a dotted name."""
    return key in names_in(test)


@lru_cache(maxsize=8192)
def names_in(test: ast.expr) -> frozenset[str]:
    """Every dotted name in a test; kept, because every name of a function asks every test on its way."""
    return frozenset([dotted(node) or "" for node in walk(test) if isinstance(node, ast.Name | ast.Attribute)])


@lru_cache(maxsize=8192)
def given_names(test: ast.expr) -> Sequence[ast.NamedExpr]:
    """Every `(name := value)` in a test; kept likewise."""
    return tuple([node for node in walk(test) if isinstance(node, ast.NamedExpr)])


def verdict(evaluator: Evaluator, test: ast.expr, site: Site) -> bool | None:
    """Whether a test always holds or never does; None where both can be."""
    match test:
        case ast.Constant(value):
            return bool(value)
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            outcome = verdict(evaluator, inner, site)
            return None if outcome is None else not outcome
        case ast.BoolOp(op=ast.And(), values=parts):
            outcomes = [verdict(evaluator, part, site) for part in parts]
            return False if False in outcomes else None if None in outcomes else True
        case ast.BoolOp(op=ast.Or(), values=parts):
            outcomes = [verdict(evaluator, part, site) for part in parts]
            return True if True in outcomes else None if None in outcomes else False
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(evaluator, left, operator, right, site)
        case ast.Name() | ast.Attribute():
            return _common([_certain(evaluator, each, truth(each.content)) for each in evaluator.expression(test, site)])
        case ast.Call(func=ast.Name("isinstance"), args=[subject, kind]):
            return _common([_is_kind(each.content, kind) for each in evaluator.expression(subject, site)])
        case (
            ast.Subscript()
            | ast.NamedExpr()
            | ast.Call(func=ast.Name())
            | ast.Call(func=ast.Attribute(attr="startswith" | "endswith" | "get"))
        ):
            return _common([_certain(evaluator, each, truth(each.content)) for each in evaluator.expression(test, site)])
    return None


def _common(outcomes: list[bool | None]) -> bool | None:
    return outcomes[0] if outcomes and all(each is outcomes[0] for each in outcomes) else None


def _compared(evaluator: Evaluator, left: ast.expr, operator: ast.cmpop, right: ast.expr, site: Site) -> bool | None:
    if isinstance(left, ast.Name) and left.id == "__name__":
        return None
    one = evaluator.expression(left, site)
    other = evaluator.expression(right, site)
    if isinstance(operator, ast.In | ast.NotIn) and any(_is_environment(each.content) for each in other):
        outcome = _is_set(evaluator, one, site)
        return None if outcome is None else outcome is isinstance(operator, ast.In)
    return _common([_certain(evaluator, a, holds(a.content, operator, b.content)) for a in one for b in other])


def _is_environment(content: Content) -> bool:
    return isinstance(content, Symbol) and content.path == "os.environ"


def _is_set(evaluator: Evaluator, names: Possible, site: Site) -> bool | None:
    """Whether an environment variable is set, as far as the scanned files tell: one that nothing sets is not."""
    name = sole_text(names)
    if name is None:
        return None
    if evaluator.context.settings.lookup(site.scope.module.path, name):
        return True
    return None if evaluator.doubting else False


def _certain(evaluator: Evaluator, each: Possibility, outcome: bool | None) -> bool | None:
    """The outcome of a test; none where it rests on the default of an environment variable or parameter that is doubted."""
    return None if evaluator.doubting and each.resolution in _DEFAULTS else outcome


def _present(evaluator: Evaluator, each: Possibility) -> bool | None:
    return None if evaluator.doubting and isinstance(each.content, Unset) else presence(each.content)


def holds(left: Content, operator: ast.cmpop, right: Content) -> bool | None:
    """Whether a comparison of two contents holds; None where that cannot be told."""
    if isinstance(operator, ast.Is | ast.IsNot) and right is None:
        if is_gap(left) or isinstance(left, Symbol):
            return None
        return (left is None) is isinstance(operator, ast.Is)
    match operator:
        case ast.Eq() | ast.Is():
            return equal(left, right)
        case ast.NotEq() | ast.IsNot():
            outcome = equal(left, right)
            return None if outcome is None else not outcome
        case ast.In():
            return _contains(right, left)
        case ast.NotIn():
            outcome = _contains(right, left)
            return None if outcome is None else not outcome
    return None


def equal(left: Content, right: Content) -> bool | None:
    """Whether two contents are equal; None where that cannot be told."""
    if _is_scalar(left) and _is_scalar(right):
        return left == right
    return None


def _contains(collection: Content, wanted: Content) -> bool | None:
    if not _is_scalar(wanted):
        return None
    match collection:
        case Items(items, rest):
            outcomes = [equal(each.content, wanted) for possible in items for each in possible]
            if True in outcomes and all(len(possible) == 1 for possible in items):
                return True
            return None if rest is not None or None in outcomes or True in outcomes else False
        case Record(entries, rest):
            if str(wanted) in entries:
                return True
            return None if rest is not None else False
        case str(text) if isinstance(wanted, str):
            return wanted in text
    return None


def _is_kind(content: Content, kind: ast.expr) -> bool | None:
    names = [dotted(each) for each in kind.elts] if isinstance(kind, ast.Tuple) else [dotted(kind)]
    if is_gap(content) or isinstance(content, Symbol | Made):
        return None
    plain = {"str": str | Template, "dict": Record, "list": Items, "int": int, "bool": bool, "float": float}
    if all(name in plain for name in names):
        return any(isinstance(content, plain[name]) for name in names if name is not None)
    if _is_scalar(content) or isinstance(content, Template | Record | Items):
        return False if all(name not in plain for name in names) else None
    return None


def narrow(evaluator: Evaluator, test: ast.expr, key: str, value: Possible, truth_of_test: bool, site: Site) -> Possible:
    """The possibilities of a name with which a test comes out as said."""
    evaluator.spend()
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return narrow(evaluator, inner, key, value, not truth_of_test, site)
        case ast.BoolOp(op=operator, values=parts):
            if isinstance(operator, ast.And) is truth_of_test:
                for part in parts:
                    if mentions(part, key):
                        value = narrow(evaluator, part, key, value, truth_of_test, site)
                return value
            kept = [narrow(evaluator, part, key, value, truth_of_test, site) for part in parts]
            return (
                tuple(each for each in value if any(each is inner for one in kept for inner in one))
                if all(mentions(part, key) for part in parts)
                else value
            )
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            if dotted(left) == key:
                return _narrowed_by(evaluator, value, operator, right, truth_of_test, site)
            if dotted(right) == key and isinstance(operator, ast.Eq | ast.NotEq):
                return _narrowed_by(evaluator, value, operator, left, truth_of_test, site)
            return value
        case ast.Name() | ast.Attribute() if dotted(test) == key:
            return tuple(each for each in value if _present(evaluator, each) in (None, truth_of_test))
        case ast.NamedExpr(target=ast.Name(name)) if name == key:
            return tuple(each for each in value if _present(evaluator, each) in (None, truth_of_test))
        case ast.Call(func=ast.Name("isinstance"), args=[subject, kind]) if dotted(subject) == key:
            return tuple(each for each in value if _is_kind(each.content, kind) in (None, truth_of_test))
        case ast.Call(func=ast.Attribute(value=subject, attr="startswith" | "endswith")) if dotted(subject) == key:
            kept_texts = []
            for each in value:
                outcome = evaluator.with_value(test, key, (each,), site)
                if _common([truth(one.content) for one in outcome]) in (None, truth_of_test):
                    kept_texts.append(each)
            return tuple(kept_texts)
    return value


def _narrowed_by(
    evaluator: Evaluator, value: Possible, operator: ast.cmpop, right: ast.expr, truth_of_test: bool, site: Site
) -> Possible:
    other = evaluator.expression(right, site)
    kept: list[Possibility] = []
    for each in value:
        if isinstance(each.content, Unset) and all(one.content in (None, "") for one in other):
            # What is missing is None to whoever asks.
            if evaluator.doubting or isinstance(operator, ast.Is | ast.Eq) is truth_of_test:
                kept.append(each)
            continue
        outcomes = [holds(each.content, operator, one.content) for one in other]
        if truth_of_test in outcomes or None in outcomes or not outcomes:
            kept.append(each)
    positive = isinstance(operator, ast.Eq | ast.In) is truth_of_test
    if not positive or not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
        return tuple(kept)
    # Where the value was not known, the comparison itself says what it is.
    if kept and all(is_gap(each.content) for each in kept):
        hop = Hop(site.scope.module.location(right), "the value it is compared with")
        told = other
        if isinstance(operator, ast.In | ast.NotIn):
            told = tuple(
                one for each in other if isinstance(each.content, Items) for item in each.content.items for one in item
            )
        texts = tuple(each.via(hop) for each in told if isinstance(each.content, str))
        return texts or tuple(kept)
    return tuple(kept)
