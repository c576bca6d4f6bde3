"""Whether one model is no worse than another within a margin, on paired results or on the two intervals of a metric.

A difference that is not significant is not equality: the burden of proof is on the new model. See Tango, "Equivalence test and
confidence interval for the difference in proportions for the paired-sample design", Statistics in Medicine 17 (1998).
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import cache
from typing import NamedTuple

# The chance of passing a model that is as good as the other, at the sample size that is asked for.
POWER = 0.80
_HALVINGS = 100


@cache
def _quantile(share: float) -> float:
    """Below which value a standard normal variable lies with a chance of `share`."""
    from statistics import NormalDist  # brings decimal, fractions and random; only a scan with evidence pays for them

    return NormalDist().inv_cdf(share)


class Outcome(StrEnum):
    """What the results show of the new model."""

    PASS = "pass"
    FAIL = "fail"
    NOT_ENOUGH_DATA = "not enough data"


class Interval(NamedTuple):
    """A difference, new model less old, and the limits of its two-sided confidence interval."""

    difference: float
    low: float
    high: float


class Pairs(NamedTuple):
    """How many samples both models, one of them, or neither got right."""

    both: int
    from_only: int
    to_only: int
    neither: int

    @property
    def size(self) -> int:
        """How many samples there are."""
        return sum(self)


class Estimate(NamedTuple):
    """The value of a metric and the limits of its two-sided interval of a confidence."""

    value: float
    low: float
    high: float
    confidence: float = 0.95


class Comparison(NamedTuple):
    """The outcome, the interval it rests on, and about how many samples would decide it where they are too few."""

    outcome: Outcome
    interval: Interval
    needed: int | None = None


def tango(pairs: Pairs, confidence: float) -> Interval:
    """The score interval of the difference of two paired proportions, new less old.

    Raises:
        ValueError: there are no pairs.
    """
    if pairs.size == 0:
        raise ValueError("an interval needs at least one pair")
    z = _quantile((1 + confidence) / 2)
    difference = (pairs.to_only - pairs.from_only) / pairs.size
    low = -1.0 if difference <= -1 else _root(pairs, -1.0, difference, z)
    high = 1.0 if difference >= 1 else _root(pairs, difference, 1.0, -z)
    return Interval(difference, low, high)


def _root(pairs: Pairs, low: float, high: float, target: float) -> float:
    """Where the score, which falls as the difference grows, is `target`."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _score(pairs, middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _score(pairs: Pairs, difference: float) -> float:
    """How many standard errors the pairs lie above a true difference, the standard error taken where that one holds."""
    gained, lost, size = pairs.to_only, pairs.from_only, pairs.size
    # The share of losses most likely under the difference, by Tango's quadratic equation.
    second, first = 2 * size, -gained - lost + (2 * size - gained + lost) * difference
    zeroth = -lost * difference * (1 - difference)
    share = (math.sqrt(max(first * first - 4 * second * zeroth, 0.0)) - first) / (2 * second)
    variance = size * (2 * share + difference * (1 - difference))
    distance = gained - lost - size * difference
    if variance > 0:
        return distance / math.sqrt(variance)
    return 0.0 if abs(distance) < 1e-12 else math.copysign(math.inf, distance)


def compare_pairs(pairs: Pairs, margin: float, confidence: float) -> Comparison:
    """Whether the new model is no worse than the old one by more than `margin`, at a one-sided confidence.

    Raises:
        ValueError: there are no pairs.
    """
    interval = tango(pairs, 2 * confidence - 1)
    outcome = _outcome(interval, margin)
    return Comparison(
        outcome, interval, _pairs_needed(pairs, margin, confidence) if outcome is Outcome.NOT_ENOUGH_DATA else None
    )


def compare_estimates(old: Estimate, new: Estimate, samples: int, margin: float, confidence: float) -> Comparison:
    """The same from the intervals of the two models alone, as if their samples were not the same ones: this needs more of them.

    The limits are those of Newcombe's square-and-add method, which assumes no shape of the metric.
    """
    z = _quantile(confidence)
    old_scale, new_scale = (z / _quantile((1 + each.confidence) / 2) for each in (old, new))
    difference = new.value - old.value
    below = math.hypot((new.value - new.low) * new_scale, (old.high - old.value) * old_scale)
    above = math.hypot((new.high - new.value) * new_scale, (old.value - old.low) * old_scale)
    interval = Interval(difference, difference - below, difference + above)
    outcome = _outcome(interval, margin)
    if outcome is not Outcome.NOT_ENOUGH_DATA:
        return Comparison(outcome, interval)
    # The half width shrinks with the root of the sample size.
    room = abs(margin + min(difference, 0.0))
    shrink = max(below, above) / z * _z_sum(confidence)
    return Comparison(outcome, interval, _at_least(samples, samples * (shrink / room) ** 2 if room else math.inf))


def _outcome(interval: Interval, margin: float) -> Outcome:
    if interval.low > -margin:
        return Outcome.PASS
    return Outcome.FAIL if interval.high < -margin else Outcome.NOT_ENOUGH_DATA


def _z_sum(confidence: float) -> float:
    return _quantile(confidence) + _quantile(POWER)


def _pairs_needed(pairs: Pairs, margin: float, confidence: float) -> int | None:
    """About how many pairs would decide, if they differ as often as these and the new model is at best as good as the old."""
    discordant = (pairs.from_only + pairs.to_only) / pairs.size
    difference = min((pairs.to_only - pairs.from_only) / pairs.size, 0.0)
    room = margin + difference
    if not room:
        return None
    by_power = _z_sum(confidence) ** 2 * (discordant - difference * difference) / (room * room)
    # Without a single loss the interval is narrower than the margin from here on.
    without_loss = _quantile(confidence) ** 2 * (1 - margin) / margin
    return _at_least(pairs.size, max(by_power, without_loss))


def _at_least(samples: int, needed: float) -> int | None:
    return max(math.ceil(needed), samples + 1) if needed < 1e9 else None


def pairs_planned(discordant: float, margin: float, confidence: float) -> int:
    """How many pairs an evaluation needs that expects the models to be equally good and to differ on a share of samples."""
    return math.ceil(_z_sum(confidence) ** 2 * discordant / (margin * margin))
