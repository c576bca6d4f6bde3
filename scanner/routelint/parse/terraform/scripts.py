"""Scripts that a machine runs when it starts, searched, never run: which models their text names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Resolution
from routelint.parse.terraform.evaluate import Evaluator
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Call, Expression
from routelint.parse.terraform.sections import Leaf
from routelint.possible import Possibility, Template

LONGEST = 200_000
MOST_MODELS = 100
# How a script is wrapped on its way to a machine.
_ENCODING = frozenset({"base64encode", "base64gzip"})
_COMMENT = lazy_regex(r"(?m)^[ \t]*#[^\n]*$")


def models(evaluator: Evaluator, expression: Expression, scope: Scope, knows: Callable[[str], bool]) -> Leaf | None:
    """The models that the text of a script names, as what its place may be; None where it names none."""
    if isinstance(expression, Call) and expression.name in _ENCODING and expression.arguments:
        expression = expression.arguments[0]
    place = expression.place
    written: bytes = getattr(place.file, "data", b"")[place.start : place.end]
    found: dict[str, Possibility] = {}
    for each in evaluator.evaluate(expression, scope):
        if not isinstance(each.content, str | Template):
            continue
        text = _COMMENT.sub("", str(each.content)[:LONGEST])
        for _, _, model in islice(model_id.find_all(text), MOST_MODELS):
            if knows(model.text):
                is_literal = model.text.encode() in written
                one = replace(each, trail=(), resolution=Resolution.LITERAL) if is_literal else each
                found.setdefault(model.text, replace(one, content=model.text))
    return Leaf(place, scope, tuple(found.values()), expression) if found else None
