"""Where the next input of a target comes from: a grammar, a mutation of something known, or what showed new behaviour."""

from __future__ import annotations

from random import Random

from fuzzing import grammar
from fuzzing.faults import Outcome
from fuzzing.mutate import Material, mutate
from fuzzing.targets import Target

# Of an input with new behaviour more may come; too many of them and none is tried often.
MOST_KEPT = 3_000
MADE_SHARE = 0.4
MADE_MUTATED_SHARE = 0.5


class Inputs:
    """The inputs of one target: the same for the same seed, as far as the target behaves the same.

    What is kept is steered by the outcome itself (routes, reasons, errors) instead of by the lines that ran: a tracer costs
    more inputs than it finds.
    """

    def __init__(self, target: Target, seed: str, real: tuple[bytes, ...] = ()) -> None:
        self._random = Random(seed)
        self._pool = [*dict.fromkeys((*target.seeds(), *real))]
        self._grammars = [grammar.load(name) for name in target.grammars]
        self._material = Material(target.vocabulary(), self._pool)
        self._seen: set[str] = set()

    @property
    def behaviours(self) -> int:
        """How many different things the outcomes said."""
        return len(self._seen)

    def next(self) -> bytes:
        """The next input."""
        random = self._random
        if self._grammars and (not self._pool or random.random() < MADE_SHARE):
            made = random.choice(self._grammars).make(random)
            return mutate(random, made, self._material) if random.random() < MADE_MUTATED_SHARE else made
        # What came last is tried more often: it is what has been looked at least.
        size = len(self._pool)
        index = random.randrange(size) if random.random() < 0.6 else size - 1 - random.randrange(min(size, 50))
        return mutate(random, self._pool[index], self._material)

    def learn(self, data: bytes, outcome: Outcome) -> bool:
        """Whether the outcome says something new; then the input is kept."""
        new = outcome.features - self._seen
        if not new:
            return False
        self._seen |= new
        if len(self._pool) < MOST_KEPT:
            self._pool.append(data)
        return True
