"""Loops: what a name holds on entry to the body and after the end, turn by turn where the turns are known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import conditions, holding
from routelint.parse.python.scopes import blocks, dotted, shown
from routelint.parse.python.values import NOTHING, Frame, Site, step
from routelint.possible import Items, Possible

if TYPE_CHECKING:
    from routelint.parse.python.assignments import Entry
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.flow import Flow

Loop = ast.For | ast.AsyncFor | ast.While
# Turns of a loop that are followed one after the other; what a longer one builds is told as any of its turns leaves it.
MOST_TURNS = 24
# Statements that leave a turn early and are followed one by one: each asks for all that came before it in every turn.
MOST_EXITS = 3


class Loops:
    """Follows loops for the flow."""

    def __init__(self, evaluator: Evaluator, flow: Flow) -> None:
        self._evaluator = evaluator
        self._flow = flow
        self._frames: dict[tuple[Frame, Loop, int], Frame] = {}
        self._exits: dict[Loop, tuple[tuple[ast.stmt, ...], tuple[ast.stmt, ...]]] = {}

    def entry(self, key: str, loop: Loop, before: Entry, frame: Frame) -> Possible | None:
        """The value on entry to the body: of the turn the frame is of, else of any turn."""
        if loop in frame.turns and frame.around is not None:
            return self._turn_entry(key, loop, frame.turns[loop], frame)
        if isinstance(loop, ast.For | ast.AsyncFor):
            given = self._variable(key, loop, frame)
            if given is not None:
                return given
        first = before()
        if not self._flow.reaching.touched_in(key, loop.body, frame.scope):
            return self._tested(key, loop, first, frame)
        again = self._evaluator.once((loop, key, frame), lambda: self._end_of_body(key, loop, lambda: first, frame))
        either = first if again is None or again == NOTHING else self._either(key, [first, again], loop, frame)
        return self._tested(key, loop, either, frame)

    def _tested(self, key: str, loop: Loop, value: Possible | None, frame: Frame) -> Possible | None:
        """What the test of a `while` lets into the body, as far as nothing else that it asks for changes from turn to turn."""
        if not isinstance(loop, ast.While) or not conditions.mentions(loop.test, key):
            return value
        site = self._site(loop, frame)
        parts = loop.test.values if isinstance(loop.test, ast.BoolOp) and isinstance(loop.test.op, ast.And) else [loop.test]
        for part in parts:
            others = [name for name in conditions.names_in(part) if name != key]
            if any(self._flow.reaching.touched_in(name, loop.body, frame.scope) for name in others):
                continue
            if conditions.mentions(part, key):
                value = self._evaluator.names.outer(key, site) if value is None else value
                value = conditions.narrow(self._evaluator, part, key, value, True, site)
        return value

    def after(self, key: str, loop: Loop, before: Entry, frame: Frame) -> Possible | None:
        """The value when the loop is left, at its end or by `break`."""
        turns = self._turns(loop, frame)
        if turns is not None and turns.items:
            last = self._turn_frame(loop, len(turns.items) - 1, frame)
            after = self._body(key, loop, lambda: self.entry(key, loop, before, last), last)
            return self._orelse(key, loop, lambda: after, frame)
        first = before()
        # Whether any other test still holds after a turn is not told by what held before the first.
        endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        ended: list[Possible | None] = []
        if not endless:
            inside = self._evaluator.once(
                (loop, key, frame),
                lambda: self._end_of_body(key, loop, lambda: self.entry(key, loop, lambda: first, frame), frame),
            )
            if inside is None and isinstance(loop, ast.For | ast.AsyncFor):
                inside = self._variable(key, loop, frame)
            ended = [first, inside] if inside != NOTHING else [first]
            if isinstance(loop, ast.While) and conditions.mentions(loop.test, key):
                either = self._either(key, ended, loop, frame)
                site = self._site(loop, frame)
                value = self._evaluator.names.outer(key, site) if either is None else either
                ended = [conditions.narrow(self._evaluator, loop.test, key, value, False, site)]
            if loop.orelse:
                either = self._either(key, ended, loop, frame)
                ended = [self._orelse(key, loop, lambda: either, frame)]
        breaks = self._leaving(loop)[0]
        if len(breaks) > MOST_EXITS:
            return self._either(key, [*ended, self._anything_stored(key, loop, lambda: first, frame)], loop, frame)
        left = [self._at(key, each, (loop, "left", each, key, frame), frame) for each in breaks]
        return self._either(key, [*ended, *(each for each in left if each != NOTHING)], loop, frame)

    def _end_of_body(self, key: str, loop: Loop, start: Entry, frame: Frame) -> Possible | None:
        """What the body leaves for the next turn, at its end or by `continue`."""
        if len(self._leaving(loop)[1]) > MOST_EXITS:
            return self._anything_stored(key, loop, start, frame)
        ends = [self._body(key, loop, start, frame)]
        ends += [self._at(key, each, (loop, "again", each, key, frame), frame) for each in self._leaving(loop)[1]]
        if len(ends) == 1:
            return ends[0]
        real = [each for each in ends if each != NOTHING]
        return self._either(key, real, loop, frame) if real else NOTHING

    def _anything_stored(self, key: str, loop: Loop, start: Entry, frame: Frame) -> Possible | None:
        """What any statement of the body leaves: a body with many ways out is not followed along each of them."""
        found = [start()]
        work = [loop.body]
        while work:
            for statement in work.pop():
                inner = [block for block, _ in blocks(statement)]
                work.extend(inner)
                if not inner and self._flow.reaching.touches(key, statement, frame.scope):
                    mark = (loop, "stored", statement, key, frame)
                    value = self._evaluator.once(mark, lambda statement=statement: self._flow.after(key, statement, frame))  # type: ignore[misc]
                    if value:
                        found.append(value)
        return self._either(key, found, loop, frame)

    def _at(self, key: str, statement: ast.stmt, mark: tuple[object, ...], frame: Frame) -> Possible | None:
        return self._evaluator.once(mark, lambda: self._flow.before(key, statement, frame))

    def _body(self, key: str, loop: Loop, start: Entry, frame: Frame) -> Possible | None:
        return self._flow.upto(key, loop.body, len(loop.body), start, frame)

    def _orelse(self, key: str, loop: Loop, entry: Callable[[], Possible | None], frame: Frame) -> Possible | None:
        return self._flow.upto(key, loop.orelse, len(loop.orelse), entry, frame)

    def _either(self, key: str, alternatives: list[Possible | None], loop: Loop, frame: Frame) -> Possible | None:
        return self._flow.either(key, alternatives, loop, frame)

    def _site(self, loop: Loop, frame: Frame) -> Site:
        return self._evaluator.site(loop, frame)

    def _variable(self, key: str, loop: ast.For | ast.AsyncFor, frame: Frame) -> Possible | None:
        for path, target in holding.unpacking(loop.target):
            if dotted(target) == key:
                site = self._site(loop, frame)
                each = holding.down(holding.each(self._evaluator, loop.iter, site), path, shown(loop.iter))
                return step(each, self._hop(key, loop, site), Resolution.CONSTANT)
        return None

    def _hop(self, key: str, loop: ast.For | ast.AsyncFor, site: Site) -> Hop:
        return Hop(site.scope.module.location(loop.iter), f"each {key} of {shown(loop.iter)}")

    # Turn by turn ------------------------------------------------------------------------------------------------

    def _turns(self, loop: Loop, frame: Frame) -> Items | None:
        """The turns of a loop, where all of them are known and each runs to the end of the body."""
        if not isinstance(loop, ast.For) or any(self._leaving(loop)):
            return None
        turns = holding.turns(self._evaluator.enums.opened(self._evaluator.expression(loop.iter, self._site(loop, frame))))
        return turns if turns is not None and turns.rest is None and len(turns.items) <= MOST_TURNS else None

    def _turn_entry(self, key: str, loop: Loop, turn: int, frame: Frame) -> Possible | None:
        around = frame.around
        assert around is not None
        if isinstance(loop, ast.For):
            for path, target in holding.unpacking(loop.target):
                if dotted(target) == key:
                    site = self._site(loop, around)
                    turns = holding.turns(self._evaluator.enums.opened(self._evaluator.expression(loop.iter, site)))
                    if turns is None or turn >= len(turns.items):
                        return self._variable(key, loop, around)
                    value = holding.down(turns.items[turn], path, shown(loop.iter))
                    return step(value, self._hop(key, loop, site), Resolution.CONSTANT)
        if turn == 0:
            return self._flow.before(key, loop, around)
        if not self._flow.reaching.touched_in(key, loop.body, frame.scope):
            return self._flow.before(key, loop, around)
        previous = self._turn_frame(loop, turn - 1, around)
        return self._body(key, loop, lambda: self._turn_entry(key, loop, turn - 1, previous), previous)

    def _turn_frame(self, loop: Loop, turn: int, frame: Frame) -> Frame:
        """The activation of the code around, in one turn of a loop."""
        key = (frame, loop, turn)
        if key not in self._frames:
            self._frames[key] = Frame(
                frame.scope, frame.arguments, frame.bound, frame.instance, frame.outer, {**frame.turns, loop: turn}, frame
            )
        return self._frames[key]

    def _leaving(self, loop: Loop) -> tuple[tuple[ast.stmt, ...], tuple[ast.stmt, ...]]:
        """The `break` and the `continue` statements of a loop, in order."""
        if loop not in self._exits:
            found = list(_exits(loop.body))
            self._exits[loop] = (
                tuple(each for each in found if isinstance(each, ast.Break)),
                tuple(each for each in found if isinstance(each, ast.Continue)),
            )
        return self._exits[loop]


def _exits(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in block:
        match statement:
            case ast.Break() | ast.Continue():
                yield statement
            case ast.For() | ast.AsyncFor() | ast.While():
                # Those in its body are its own; those in its `else` are ours.
                yield from _exits(statement.orelse)
            case _:
                for inner, _ in blocks(statement):
                    yield from _exits(inner)
