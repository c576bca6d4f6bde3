"""What can be read of the expressions of a state machine: JSONata, and paths and intrinsic functions of JSONPath."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Resolution
from routelint.possible import Hole, Possible, combine, concatenate, known, unite, unknown

# A longer expression is machine-made.
_LONGEST = 4_000
_LONGEST_SHOWN = 80
_QUOTED = lazy_regex(r"'([^']*)'|\"([^\"]*)\"")
_VARIABLE = lazy_regex(r"\$(\w+)")
_FORMAT = lazy_regex(r"States\.Format\(\s*'((?:[^'\\]|\\.)*)'\s*(?:,.*)?\)", re.DOTALL)
_ESCAPED = lazy_regex(r"\\(.)")
# Stands for a piece that cannot be told while an expression is taken apart: a sign of the private use area.
_PIECE = "\ue000"
_OPENS = "([{"
_CLOSES = ")]}"

Variable = Callable[[str], Possible | None]


def read(pieces: Sequence[str | Hole], variable: Variable) -> Possible:
    """What an expression may come to, which templates may have filled in part.

    `variable` tells what the states assign to a workflow variable, None where nothing.
    """
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    text = "".join(piece.replace(_PIECE, "") if isinstance(piece, str) else _PIECE for piece in pieces).strip()
    if len(text) <= _LONGEST:
        operands = list(_operands(text))
        if len(operands) > 1:
            return combine([_operand(each, holes, variable) for each in operands], concatenate)
        filled = _FORMAT.fullmatch(text)
        if filled is not None:
            return _formatted(filled[1], text, holes)
        if _QUOTED.fullmatch(text) or _VARIABLE.fullmatch(text):
            return _operand(text, holes, variable)
    return _literals(text, holes)


def _operands(text: str) -> Iterator[str]:
    """The parts that `&` joins: one for an expression that joins none, or that asks which of two it is."""
    depth = start = 0
    quote = ""
    parts = []
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in _OPENS:
            depth += 1
        elif sign in _CLOSES:
            depth -= 1
        elif depth == 0 and sign in "?;":
            yield text
            return
        elif depth == 0 and sign == "&":
            parts.append(text[start:position])
            start = position + 1
    yield from (*parts, text[start:])


def _operand(text: str, holes: list[Hole], variable: Variable) -> Possible:
    """A literal, a workflow variable, or what only the execution knows; takes off `holes` what stands in it."""
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return _literal(quoted[1] or quoted[2] or "", holes)
    named = _VARIABLE.fullmatch(text)
    if named is not None and (assigned := variable(named[1])) is not None:
        return assigned
    del holes[: text.count(_PIECE)]
    return _computed(text) if named is None else _input(text)


def _literal(text: str, holes: list[Hole]) -> Possible:
    """A text with its holes again in it."""
    parts: list[Possible] = []
    for position, piece in enumerate(text.split(_PIECE)):
        if position:
            hole = holes.pop(0)
            parts.append(unknown(hole.reason, hole.label))
        parts.append(known(piece))
    return combine(parts, concatenate)


def _formatted(template: str, text: str, holes: list[Hole]) -> Possible:
    """The text of `States.Format('a{}b', ...)`: its arguments are known only to the execution."""
    parts: list[Possible] = []
    for position, piece in enumerate(template.split("{}")):
        if position:
            parts.append(_computed(text))
        parts.append(_literal(_ESCAPED.sub(r"\1", piece), holes))
    return combine(parts, concatenate)


def _literals(text: str, holes: list[Hole]) -> Possible:
    """What can be read of any other expression: the identifiers among its literals, or nothing."""
    inside = [model.text for _, _, model in model_id.find_all(text)]
    if inside:
        rest = () if "?" in text and len(inside) > 1 else _computed(text)
        return unite([*(known(each, Resolution.CONDITIONAL) for each in inside), rest])
    return unknown(holes[0].reason, holes[0].label) if text == _PIECE else _input(text)


def _computed(text: str) -> Possible:
    return unknown(f"the state machine computes it: {_shown(text)}")


def _input(text: str) -> Possible:
    return unknown(f"it is taken from the input of the execution: {_shown(text)}")


def _shown(text: str) -> str:
    return " ".join(text.replace(_PIECE, "${...}").split())[:_LONGEST_SHOWN]
