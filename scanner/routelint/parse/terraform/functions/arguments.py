"""How functions take their arguments: texts and numbers one by one, collections whole, holes passed on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from routelint.parse.terraform.values import Failure, alternatives, bind
from routelint.possible import Content, Hole, Items, Possibility, Possible, Record, Template, combine, known, text_of

Function = Callable[[Sequence[Possible]], Possible]

# No identifier, tag or policy is longer; a few lines can describe a text of 2 ** 60 letters.
LONGEST = 200_000


def on_contents(apply: Callable[..., Content], least: int, most: int | None = None) -> Function:
    """A function of the contents of its arguments, tried on every combination of them."""

    def function(values: Sequence[Possible]) -> Possible:
        if len(values) < least or (most is not None and len(values) > most):
            return known(Failure("wrong number of arguments"))
        return combine(values, lambda contents: _guarded(apply, contents))

    return function


def _guarded(apply: Callable[..., Content], contents: tuple[Content, ...]) -> Content:
    try:
        result = apply(*contents)
    except (ValueError, TypeError, OverflowError, IndexError):
        return Failure("an argument does not fit")
    if isinstance(result, str) and len(result) > LONGEST:
        return Hole(f"the text is longer than {LONGEST} characters")
    return result


def on_scalars(apply: Callable[..., Content], least: int, most: int | None = None) -> Function:
    """A function of texts, numbers and truth values; a hole among them makes the result a hole."""

    def on_all(*contents: Content) -> Content:
        for content in contents:
            if isinstance(content, Failure):
                return content
            if isinstance(content, Hole):
                return Hole(content.reason, content.label)
            if isinstance(content, Template):
                return Hole(content.reason)
            if isinstance(content, Items | Record):
                return Failure("a list or map stands where a text is expected")
        return apply(*contents)

    return on_contents(on_all, least, most)


def on_possibilities(apply: Callable[..., Possible], least: int, most: int | None = None) -> Function:
    """A function that keeps or picks whole values, so that their trails stay with them."""

    def function(values: Sequence[Possible]) -> Possible:
        if len(values) < least or (most is not None and len(values) > most):
            return known(Failure("wrong number of arguments"))
        return bind(values, lambda combination: apply(*combination))

    return function


def spread_out(values: Sequence[Possible]) -> list[Possible]:
    """The arguments with nested alternatives spread, for functions that must look at every item at once."""
    return [tuple(alternatives(value)) for value in values]


def as_text(content: Content) -> str:
    """A scalar as text.

    Raises:
        TypeError: it is a collection or cannot be told.
    """
    if isinstance(content, Items | Record | Hole | Template):
        raise TypeError("not a text")
    return text_of(content)


def as_whole(content: Content) -> int:
    """A scalar as a whole number.

    Raises:
        ValueError: it is none.
        TypeError: it is a collection or cannot be told.
    """
    if isinstance(content, bool):
        raise TypeError("not a number")
    if isinstance(content, float) and not math.isfinite(content):
        raise ValueError("not a finite number")
    return int(as_text(content)) if not isinstance(content, float) else int(content)


def only(possible: Possible) -> Content:
    """The content of a value without alternatives; of one with, the first that is not null."""
    for each in possible:
        if each.content is not None:
            return each.content
    return possible[0].content


def first_trail(possibility: Possibility, content: Content) -> Possible:
    """Another content that came the same way."""
    return (Possibility(content, possibility.trail, possibility.environments, possibility.resolution),)
