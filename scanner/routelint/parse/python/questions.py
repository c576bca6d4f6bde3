"""Questions to the evaluator: bounded in work and depth, and answered once.

What lies beyond a bound is unknown, and the reason says which bound it was.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from routelint.parse.python.values import NOTHING
from routelint.possible import Possible, unknown

# Values that lean on values: deeper than any program that people can follow, shallow enough for the interpreter's stack.
MOST_DEPTH = 45
# Expressions evaluated and statements looked at for one question, and for one condition on the way.
MOST_STEPS = 60_000
# The calls of one file take 100 steps, those of the largest 150,000. Beyond that each further question of the file gets little:
# a framework's own source asks thousands that all lead through its whole call graph and tell nothing.
MOST_STEPS_OF_A_FILE = 150_000
MOST_STEPS_LATE = 250
MOST_STEPS_OF_A_CONDITION = 1_500
# One entry of a dict or one keyword that `**kwargs` gathers: a prompt that half of the program builds stands beside the model.
MOST_STEPS_OF_AN_ENTRY = 6_000


class TooMuchError(Exception):
    """One question has cost more work than is given to it."""


class Questions:
    """Counts the work of questions, `most_steps` for all of them together, and remembers what has been answered."""

    def __init__(self, most_steps: int = MOST_STEPS_OF_A_FILE) -> None:
        self._most_steps = most_steps
        self._memo: dict[tuple[Hashable, ...], Possible] = {}
        # What a cycle or a bound cut short holds for the question that is being answered, not for others.
        self._provisional: dict[tuple[Hashable, ...], Possible] = {}
        self._limit = MOST_STEPS
        self._open: set[Hashable] = set()
        self._cuts = 0
        # Whether a test that rests on the default of an environment variable or parameter may go the other way.
        self.doubting = False
        self._depth = 0
        self._steps = 0
        self._steps_in_all = 0

    def answer(self, question: Callable[[], Possible]) -> Possible:
        """The answer to a question, bounded, never nothing.

        Code that never runs while a variable or a parameter has its default is asked again with the default in doubt: a
        deployment that sets the variable, or a caller outside of the scan that passes a client, is what the code is for.
        """
        found = self._answer(question) or self.in_doubt(lambda: self._answer(question))
        return found or unknown("the value depends only on itself")

    def in_doubt(self, question: Callable[[], Possible]) -> Possible:
        """The answer where a variable may have another value than its default, and one that nothing sets may be set."""
        if self.doubting:
            return NOTHING
        memo, provisional = self._memo, self._provisional
        self._memo, self._provisional, self.doubting = {}, {}, True
        try:
            return question()
        finally:
            self._memo, self._provisional, self.doubting = memo, provisional, False

    def _answer(self, question: Callable[[], Possible]) -> Possible:
        self._steps = 0
        self._limit = limit = MOST_STEPS if self._steps_in_all < self._most_steps else MOST_STEPS_LATE
        self._provisional.clear()
        try:
            return question()
        except TooMuchError:
            if limit < MOST_STEPS:
                return unknown(f"the values of the file take more than {self._most_steps:,} steps together")
            return unknown(f"following the value takes more than {limit:,} steps")
        except RecursionError:
            return unknown("the value goes through too many steps")
        finally:
            self._steps_in_all += self._steps
            # Placing a sink evaluates a little outside of any question: what this one has spent is not counted against that.
            self._steps, self._limit = 0, MOST_STEPS
            self._depth = 0
            self._open.clear()

    def spend(self, steps: int = 1) -> None:
        """Counts steps of work.

        Raises:
            TooMuchError: the question has cost all that is given to it.
        """
        self._steps += steps
        if self._steps > self._limit:
            raise TooMuchError

    def verdict_within(self, judge: Callable[[], bool | None]) -> bool | None:
        """The outcome of a condition, as far as the work given to a condition reaches; None beyond."""
        outer = self._limit
        self._limit = min(outer, self._steps + MOST_STEPS_OF_A_CONDITION)
        try:
            return judge()
        except TooMuchError:
            if self._steps > outer:
                raise
            return None
        finally:
            self._limit = outer

    def entry_within(self, compute: Callable[[], Possible]) -> Possible:
        """One entry of a request, as far as the work given to it reaches: the prompt's cost is not the model's."""
        outer = self._limit
        self._limit = min(outer, self._steps + MOST_STEPS_OF_AN_ENTRY)
        try:
            return compute()
        except TooMuchError:
            if self._steps > outer:
                raise
            return unknown(f"following the value takes more than {MOST_STEPS_OF_AN_ENTRY:,} steps")
        finally:
            self._limit = outer

    def forget(self) -> None:
        """Drops every answer: what they rest on has changed."""
        self._memo.clear()

    def once(self, key: Hashable, compute: Callable[[], Possible | None]) -> Possible | None:
        """The result of a computation; nothing where it is asked for while it is under way."""
        if key in self._open:
            self._cuts += 1
            return NOTHING
        self._open.add(key)
        try:
            return compute()
        finally:
            self._open.discard(key)

    def remembered(self, key: tuple[Hashable, ...], compute: Callable[[], Possible]) -> Possible:
        """The result of a computation, kept unless a cycle cut it short."""
        if key in self._memo:
            return self._memo[key]
        if key in self._provisional:
            return self._provisional[key]
        if key in self._open:
            self._cuts += 1
            return NOTHING
        self._open.add(key)
        cuts = self._cuts
        try:
            found = compute()
        finally:
            self._open.discard(key)
        if cuts == self._cuts:
            self._memo[key] = found
        else:
            self._provisional[key] = found
        return found

    def answer_inside(self, question: Callable[[], Possible]) -> Possible:
        """The answer to a question asked while placing another."""
        try:
            return question() or unknown("the value depends only on itself")
        except TooMuchError:
            return unknown(f"following the value takes more than {MOST_STEPS} steps")
