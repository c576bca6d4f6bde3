"""HCL's operators on values that may be known in part: `None` and holes stand for what cannot be told."""

from __future__ import annotations

import re

from routelint.parse.terraform.values import Computed, Symbol, Thing
from routelint.possible import Content, Hole, Items, Possible, Record, Template

MOST_DEPTH = 24
NOT_TOLD = Hole("the condition cannot be told")


def truth(content: Content) -> bool | None:
    """True, false, or None where it cannot be told."""
    if isinstance(content, bool):
        return content
    if content == "true":
        return True
    if content == "false":
        return False
    return None


def operate(operator: str, left: Content, right: Content) -> Content:
    """`left operator right`."""
    if operator == "==":
        return _told(equal(left, right), left, right)
    if operator == "!=":
        same = equal(left, right)
        return _told(None if same is None else not same, left, right)
    if operator in ("&&", "||"):
        return _logic(operator == "||", left, right)
    one, other = _number(left), _number(right)
    if one is None or other is None:
        return _first_hole(left, right)
    return _arithmetic(operator, one, other)


def negate(operator: str, content: Content) -> Content:
    """`!content` or `-content`."""
    if operator == "!":
        value = truth(content)
        return _told(None if value is None else not value, content)
    number = _number(content)
    return -number if number is not None else _first_hole(content)


def equal(left: Content, right: Content) -> bool | None:
    """Whether two values are the same; None where that cannot be told."""
    for one, other in ((left, right), (right, left)):
        if one is None:
            # What AWS computes, a text with known letters, and a collection are never null.
            if isinstance(other, Computed | Thing | Template | Items | Record):
                return False
            return None if isinstance(other, Hole) else other is None
        if isinstance(one, Symbol):
            return False if isinstance(other, str) and other in one.excluded else None
        if isinstance(one, Hole):
            return None
        if isinstance(one, Template):
            if isinstance(other, str):
                return None if _could_be(one, other) else False
            return None
    if isinstance(left, Items | Record) or isinstance(right, Items | Record):
        return _equal_collections(left, right)
    # Values of different types are never equal: `"1" == 1` is false.
    if isinstance(left, bool) is not isinstance(right, bool) or isinstance(left, str) is not isinstance(right, str):
        return False
    return left == right


def _equal_collections(left: Content, right: Content, depth: int = 0) -> bool | None:
    """Whether two collections are the same, item by item; different types never are."""
    if depth > MOST_DEPTH:
        return None
    match left, right:
        case Items(ours, None), Items(theirs, None):
            pairs = list(zip(ours, theirs, strict=False)) if len(ours) == len(theirs) else None
        case Record(ours, None), Record(theirs, None):
            pairs = [(ours[key], theirs[key]) for key in ours] if ours.keys() == theirs.keys() else None
        case ((Items() | Record()), (Items() | Record())):
            return None if isinstance(left, Items) is isinstance(right, Items) else False
        case _:
            return False
    if pairs is None:
        return False
    answers = [_equal_values(one, other, depth + 1) for one, other in pairs]
    return False if False in answers else None if None in answers else True


def _equal_values(left: Possible, right: Possible, depth: int) -> bool | None:
    if len(left) != 1 or len(right) != 1:
        return None
    one, other = left[0].content, right[0].content
    if isinstance(one, Items | Record) or isinstance(other, Items | Record):
        return _equal_collections(one, other, depth) if not isinstance(one, Hole) and not isinstance(other, Hole) else None
    return equal(one, other)


def _could_be(template: Template, text: str) -> bool:
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in template.parts[:24])
    return re.fullmatch(pattern + (".*" if len(template.parts) > 24 else ""), text[:4096], re.DOTALL) is not None


def _logic(decided: bool, left: Content, right: Content) -> Content:
    one, other = truth(left), truth(right)
    if one is decided or other is decided:
        return decided
    if one is None or other is None:
        return _first_hole(left, right)
    return not decided


def _number(content: Content) -> int | float | None:
    if isinstance(content, bool):
        return None
    if isinstance(content, int | float):
        return content
    if isinstance(content, str):
        try:
            return float(content) if "." in content else int(content)
        except ValueError:
            return None
    return None


def _arithmetic(operator: str, left: int | float, right: int | float) -> Content:
    try:
        match operator:
            case "+":
                return _whole(left + right)
            case "-":
                return _whole(left - right)
            case "*":
                return _whole(left * right)
            case "/":
                return _whole(left / right)
            case "%":
                return _whole(left - right * int(left / right))
            case ">":
                return left > right
            case ">=":
                return left >= right
            case "<":
                return left < right
            case "<=":
                return left <= right
    except (ZeroDivisionError, OverflowError, ValueError):
        return Hole("the arithmetic has no result")
    return NOT_TOLD


def _whole(number: int | float) -> int | float:
    if abs(number) >= 1e15:
        # Whole numbers would grow without bound.
        return float(number)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _told(value: bool | None, *operands: Content) -> Content:
    return value if value is not None else _first_hole(*operands)


def _first_hole(*operands: Content) -> Content:
    for operand in operands:
        if isinstance(operand, Hole):
            return Hole(operand.reason, operand.label)
        if isinstance(operand, Template):
            return Hole(operand.reason)
    return NOT_TOLD
