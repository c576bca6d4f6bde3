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
# Time that grows with the square of an input shows in a large one. Any other fault shows in a small one as well, and of those
# ten are looked through in the time of one large.
LARGE_SHARE = 0.05
# An input takes the place of another that said the same when it is so much smaller.
SMALLER = 0.75


class Inputs:
    """The inputs of one target: the same for the same seed, as far as the target behaves the same.

    What is kept is steered by the outcome itself (routes, reasons, errors) instead of by the lines that ran: a tracer costs
    more inputs than it finds. Of inputs that say the same the smallest is kept.
    """

    def __init__(self, target: Target, seed: str, real: tuple[bytes, ...] = ()) -> None:
        self._random = Random(seed)
        self._seeds = frozenset((*target.seeds(), *real))
        self._pool = [*dict.fromkeys((*target.seeds(), *real))]
        self._grammars = [grammar.load(name) for name in target.grammars]
        self._small = Material(target.vocabulary(), self._pool, target.usual_bytes)
        self._large = Material(target.vocabulary(), self._pool, target.most_bytes)
        self._most_bytes = target.most_bytes
        self._smallest: dict[str, bytes] = {}
        self._replaced = 0

    @property
    def behaviours(self) -> int:
        """How many different things the outcomes said."""
        return len(self._smallest)

    def smallest(self, feature: str) -> bytes:
        """The input that is kept for something that outcomes said."""
        return self._smallest[feature]

    def kept(self) -> list[bytes]:
        """Every input that showed something that no smaller one did."""
        return [*dict.fromkeys(self._smallest.values())]

    def next(self) -> bytes:
        """The next input."""
        return self._next()[: self._most_bytes]

    def _next(self) -> bytes:
        random = self._random
        material = self._large if random.random() < LARGE_SHARE else self._small
        if self._grammars and (not self._pool or random.random() < MADE_SHARE):
            made = random.choice(self._grammars).make(random, material.longest)
            return mutate(random, made, material) if random.random() < MADE_MUTATED_SHARE else made
        return mutate(random, self._known(), material)

    def _known(self) -> bytes:
        """An input that was kept."""
        random, size = self._random, len(self._pool)
        # What came last is tried more often: it is what has been looked at least.
        if random.random() < 0.4:
            return self._pool[size - 1 - random.randrange(min(size, 50))]
        return min(self._pool[random.randrange(size)], self._pool[random.randrange(size)], key=len)

    def learn(self, data: bytes, outcome: Outcome) -> bool:
        """Whether the outcome says something new, or of a smaller input than before; then the input is kept."""
        new = [each for each in outcome.features if each not in self._smallest]
        old = [each for each in outcome.features if each in self._smallest and len(data) < SMALLER * len(self._smallest[each])]
        if not new and not old:
            return False
        self._smallest.update(dict.fromkeys((*new, *old), data))
        self._replaced += bool(old)
        if self._replaced > 100 or len(self._pool) >= MOST_KEPT:
            self._forget()
        if len(self._pool) < MOST_KEPT:
            self._pool.append(data)
        return True

    def _forget(self) -> None:
        """Keeps of what was learnt only what is the smallest for something."""
        kept = self._seeds.union(self._smallest.values())
        self._pool[:] = [each for each in self._pool if each in kept]
        self._replaced = 0
