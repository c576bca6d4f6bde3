from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint.noninferiority import (
    Estimate,
    Interval,
    Outcome,
    Pairs,
    compare_estimates,
    compare_pairs,
    pairs_planned,
    tango,
)

# Published by Newcombe and Tango, and computed by R's contingencytables: both right, new only, old only, neither; 95 %.
PUBLISHED = [
    (Pairs(80, 20, 40, 20), 0.0309, 0.2181),
    (Pairs(43, 1, 0, 0), -0.11808, 0.05939),
    (Pairs(90, 0, 0, 10), -0.03699, 0.03699),
    (Pairs(50, 0, 0, 0), -0.07135, 0.07135),
]
# Lower limits of the 90 % interval.
LOWER = [(10, 14, 500, -0.0252), (25, 30, 1000, -0.0176), (60, 66, 2000, -0.0123)]
# Margin, one-sided confidence, share of pairs that differ, pairs.
PLANNED = [
    (0.01, 0.95, 0.05, 3092),
    (0.02, 0.95, 0.10, 1546),
    (0.03, 0.95, 0.05, 344),
    (0.03, 0.95, 0.10, 687),
    (0.03, 0.975, 0.10, 873),
    (0.05, 0.95, 0.20, 495),
    (0.05, 0.95, 0.30, 742),
]

counts = st.integers(0, 400)
pairs = st.builds(Pairs, counts, counts, counts, counts).filter(lambda each: each.size > 0)
margins = st.sampled_from([0.01, 0.03, 0.05, 0.2])


@pytest.mark.parametrize(("table", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(table: Pairs, low: float, high: float) -> None:
    interval = tango(table, 0.95)
    assert interval.low == pytest.approx(low, abs=6e-5)
    assert interval.high == pytest.approx(high, abs=6e-5)


@pytest.mark.parametrize(("gained", "lost", "size", "low"), LOWER)
def test_the_lower_limit_is_the_published_one(gained: int, lost: int, size: int, low: float) -> None:
    assert tango(Pairs(size - gained - lost, lost, gained, 0), 0.90).low == pytest.approx(low, abs=6e-5)


@pytest.mark.parametrize(("margin", "confidence", "discordant", "size"), PLANNED)
def test_the_number_of_pairs_is_the_one_of_the_tables(margin: float, confidence: float, discordant: float, size: int) -> None:
    assert pairs_planned(discordant, margin, confidence) == size


@pytest.mark.parametrize(
    ("table", "outcome"),
    [
        (Pairs(900, 20, 25, 55), Outcome.PASS),
        (Pairs(90, 5, 2, 3), Outcome.NOT_ENOUGH_DATA),
        (Pairs(800, 150, 20, 30), Outcome.FAIL),
        (Pairs(20, 0, 0, 0), Outcome.NOT_ENOUGH_DATA),
        (Pairs(0, 0, 30, 0), Outcome.PASS),
        (Pairs(0, 30, 0, 0), Outcome.FAIL),
    ],
    ids=[
        "many pairs, no loss",
        "few pairs, a small loss",
        "many pairs, a large loss",
        "few pairs, no difference at all",
        "the new model alone is right",
        "the old model alone is right",
    ],
)
def test_there_are_three_outcomes(table: Pairs, outcome: Outcome) -> None:
    assert compare_pairs(table, 0.03, 0.95).outcome is outcome


def test_a_difference_that_is_not_significant_is_not_equality() -> None:
    table = Pairs(88, 4, 2, 6)
    interval = tango(table, 0.95)
    assert interval.low < 0 < interval.high
    assert compare_pairs(table, 0.03, 0.95).outcome is Outcome.NOT_ENOUGH_DATA


def test_no_pairs_are_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        tango(Pairs(0, 0, 0, 0), 0.95)


def test_without_a_single_loss_the_number_asked_for_passes_and_one_less_does_not() -> None:
    needed = compare_pairs(Pairs(20, 0, 0, 0), 0.03, 0.95).needed
    assert needed == 88
    assert compare_pairs(Pairs(needed, 0, 0, 0), 0.03, 0.95).outcome is Outcome.PASS
    assert compare_pairs(Pairs(needed - 1, 0, 0, 0), 0.03, 0.95).outcome is Outcome.NOT_ENOUGH_DATA


def test_a_loss_of_exactly_the_margin_is_decided_by_no_number_of_samples() -> None:
    comparison = compare_pairs(Pairs(96, 4, 0, 0), 0.04, 0.95)
    assert (comparison.outcome, comparison.needed) == (Outcome.NOT_ENOUGH_DATA, None)


def chance(size: int, gain: float, loss: float, margin: float, outcome: Outcome) -> float:
    """The exact chance of an outcome, over every table of `size` pairs that has a chance worth counting."""
    total = 0.0
    for gained in range(size + 1):
        for lost in range(size - gained + 1):
            ways = comb(size, gained) * comb(size - gained, lost)
            weight = ways * gain**gained * loss**lost * (1 - gain - loss) ** (size - gained - lost)
            table = Pairs(size - gained - lost, lost, gained, 0)
            if weight > 1e-6 and compare_pairs(table, margin, 0.95).outcome is outcome:
                total += weight
    return total


def test_a_model_worse_by_the_margin_passes_in_one_case_of_twenty() -> None:
    assert chance(200, gain=0.025, loss=0.075, margin=0.05, outcome=Outcome.PASS) == pytest.approx(0.05, abs=0.01)


def test_an_equal_model_passes_in_about_four_cases_of_five_with_the_pairs_planned() -> None:
    size = pairs_planned(0.10, 0.05, 0.95)
    assert chance(size, gain=0.05, loss=0.05, margin=0.05, outcome=Outcome.PASS) == pytest.approx(0.80, abs=0.03)


@given(pairs)
def test_the_interval_holds_the_difference_and_mirrors_when_the_models_change_places(table: Pairs) -> None:
    interval = tango(table, 0.90)
    assert -1 <= interval.low <= interval.difference <= interval.high <= 1
    mirrored = tango(Pairs(table.both, table.to_only, table.from_only, table.neither), 0.90)
    assert mirrored == pytest.approx(Interval(-interval.difference, -interval.high, -interval.low), abs=1e-9)


@given(pairs, margins)
def test_the_outcome_agrees_with_the_interval_and_more_pairs_are_asked_for_only_where_there_are_too_few(
    table: Pairs, margin: float
) -> None:
    comparison = compare_pairs(table, margin, 0.95)
    match comparison.outcome:
        case Outcome.PASS:
            assert comparison.interval.low > -margin
        case Outcome.FAIL:
            assert comparison.interval.high < -margin
        case Outcome.NOT_ENOUGH_DATA:
            assert comparison.interval.low <= -margin <= comparison.interval.high
    if comparison.needed is not None:
        assert comparison.outcome is Outcome.NOT_ENOUGH_DATA
        assert comparison.needed > table.size


@given(pairs, margins)
def test_a_pair_won_more_never_turns_a_pass_into_something_else(table: Pairs, margin: float) -> None:
    if compare_pairs(table, margin, 0.95).outcome is Outcome.PASS and table.from_only:
        better = table._replace(from_only=table.from_only - 1, both=table.both + 1)
        assert compare_pairs(better, margin, 0.95).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        (Estimate(0.95, 0.94, 0.96), Estimate(0.95, 0.94, 0.96), Outcome.PASS),
        (Estimate(0.95, 0.94, 0.96), Estimate(0.85, 0.83, 0.87), Outcome.FAIL),
        (Estimate(0.95, 0.88, 0.98), Estimate(0.94, 0.87, 0.98), Outcome.NOT_ENOUGH_DATA),
        (Estimate(4.1, 4.0, 4.2), Estimate(4.3, 4.2, 4.4), Outcome.PASS),
    ],
    ids=["narrow and equal", "narrow and worse", "wide", "a metric that is no share"],
)
def test_two_intervals_decide_where_there_are_no_pairs(old: Estimate, new: Estimate, outcome: Outcome) -> None:
    comparison = compare_estimates(old, new, 100, 0.03, 0.95)
    assert comparison.outcome is outcome
    assert (comparison.needed is None) is (outcome is not Outcome.NOT_ENOUGH_DATA)


def test_two_intervals_ask_for_more_samples_than_pairs_do() -> None:
    # 90 of 100 right each, Wilson's limits; the same data as pairs that differ in six cases.
    arm = Estimate(0.90, 0.826, 0.945)
    unpaired, paired = compare_estimates(arm, arm, 100, 0.03, 0.95), compare_pairs(Pairs(87, 3, 3, 7), 0.03, 0.95)
    assert unpaired.needed is not None
    assert paired.needed is not None
    # 1,237 by the formula for two proportions of 0.9; the limits of few samples are wider than its own.
    assert 1000 < unpaired.needed < 2000
    assert paired.needed < unpaired.needed / 2


def test_the_confidence_of_the_given_intervals_is_taken_into_account() -> None:
    wide, narrow = Estimate(0.95, 0.90, 0.98, 0.99), Estimate(0.95, 0.90, 0.98, 0.80)
    assert (
        compare_estimates(wide, wide, 100, 0.03, 0.95).interval.low
        > compare_estimates(narrow, narrow, 100, 0.03, 0.95).interval.low
    )
