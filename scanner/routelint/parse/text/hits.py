"""Expressions of a file that name a model by themselves, and how many of them stand side by side."""

from __future__ import annotations

import bisect
from functools import cached_property

from routelint import model_id
from routelint.deferred import dataclass, lazy_regex
from routelint.model import ModelId
from routelint.parse.lexicon import STRING
from routelint.parse.text.draft import LONGEST
from routelint.parse.text.evaluate import CDK_CLASSES, evaluate
from routelint.parse.text.groups import Code
from routelint.parse.text.scope import Scope
from routelint.possible import Hole, Possible

_MOST_GROUPS_UP = 12
_CALL_PATH = lazy_regex(r"/?model/[^/]+/(?:invoke|converse)[a-z-]*/?$")


@dataclass(frozen=True, slots=True)
class Hit:
    """An expression that names a model: its tokens, the model, and whether its form alone shows that it is called."""

    start: int
    end: int
    model: ModelId
    is_call: bool = False


class Hits:
    """The hits of one file, and for every group of brackets which of its entries hold one."""

    def __init__(self, scope: Scope) -> None:
        """Takes the file as a scope of evaluation."""
        self._scope = scope
        self._code: Code = scope.code
        self._separators: dict[int, tuple[int, ...]] = {}

    @cached_property
    def all(self) -> tuple[Hit, ...]:
        """Every hit in the order written."""
        found = []
        for index in sorted((*self._code.strings, *self._code.at(*CDK_CLASSES))):
            hit = self._of_string(index) if self._code.tokens[index].kind is STRING else self._of_constant(index)
            if hit is not None:
                found.append(hit)
        return tuple(found)

    @cached_property
    def _by_group(self) -> dict[int, dict[int, set[str]]]:
        found: dict[int, dict[int, set[str]]] = {}
        for hit in self.all:
            index = hit.start
            for _ in range(_MOST_GROUPS_UP):
                group = self._code.group_of[index]
                found.setdefault(group, {}).setdefault(self._entry(group, index), set()).add(hit.model.base)
                if not group:
                    break
                index = self._code.groups[group].open
        return found

    def beside(self, group: int) -> int:
        """How many entries of a group hold a hit."""
        return len(self._by_group.get(group, ()))

    def distinct(self, group: int) -> int:
        """How many different models the hits in a group name."""
        return len({base for bases in self._by_group.get(group, {}).values() for base in bases})

    def _entry(self, group: int, index: int) -> int:
        """What tells the entry of a token apart: where it starts, or in a group without separators its line."""
        separators = self._separators.get(group)
        if separators is None:
            inside = self._code.level(self._code.groups[group].open + 1, self._code.limit(group))
            separators = tuple(each for each in inside if self._code.is_mark(each, ",", ";"))
            self._separators[group] = separators
        if separators:
            return bisect.bisect_left(separators, index)
        return self._scope.file.source.position(self._code.tokens[index].start)[0]

    def _of_string(self, index: int) -> Hit | None:
        token = self._code.tokens[index]
        text = token.text.strip()
        if not 5 <= len(text) <= LONGEST or ("." not in text and "/" not in text) or "\n" in text:
            return None
        if token.code:
            # What stands in the holes is code of any shape; for a first look it does not matter.
            text = self._masked(index)
        model = self._scope.file.identify(text, partial=True)
        if model is not None:
            return Hit(index, index + 1, model, _CALL_PATH.search(text) is not None)
        if "foundation-model/" not in text and "inference-profile/" not in text and next(model_id.find_all(text), None) is None:
            return None
        return self._of_sum(index)

    def _masked(self, index: int) -> str:
        token = self._code.tokens[index]
        raw = self._scope.file.source.text
        pieces = []
        position = token.start
        for start, end in token.code:
            opener = raw.rfind("{", position, start)
            pieces.append(raw[position : opener if opener >= 0 else start].rstrip("$#") + "${x}")
            position = end + 1
        pieces.append(raw[position : token.end])
        return "".join(pieces).lstrip("$@").strip("\"'`")

    def _of_sum(self, index: int) -> Hit | None:
        """A hit in a text put together with `+`: `"arn:aws:bedrock:" + region + "::foundation-model/..."`."""
        code = self._code
        previous = code.before(index)
        if not code.is_mark(previous, "+"):
            return None
        start = previous
        while start >= 0 and not (
            code.is_mark(start, "(", ",", "[", "=", ":", "{", "=>", ":=", ";", "?") or code.is_name(start, "return")
        ):
            start = code.before(start)
        low = start + 1 if start >= 0 else code.groups[code.group_of[index]].open + 1
        model = first_model(evaluate(self._scope, low, index + 1))
        return Hit(low, index + 1, model) if model is not None else None

    def _of_constant(self, index: int) -> Hit | None:
        code = self._code
        if not code.is_mark(index + 1, ".") or not code.is_name(index + 2):
            return None
        constant = self._scope.file.context.cdk(code.tokens[index + 2].text)
        model = model_id.read(constant) if constant is not None else None
        return Hit(code.chain(index)[0], index + 3, model) if model is not None else None


def first_model(possible: Possible) -> ModelId | None:
    """The first model that a value is known to name."""
    for each in possible:
        if not isinstance(each.content, Hole):
            model = model_id.read(str(each.content))
            if model is not None and model.id != "*":
                return model
    return None
