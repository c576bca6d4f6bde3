from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routelint.model import Hop, Location, Resolution
from routelint.possible import (
    LONGEST_TEXT,
    MOST_HOPS,
    MOST_POSSIBILITIES,
    Hole,
    Items,
    Possibility,
    Possible,
    Template,
    agree,
    combine,
    concatenate,
    in_environments,
    known,
    unite,
    unknown,
)

ENVIRONMENTS = st.lists(st.sampled_from(["dev", "staging", "prod"]), unique=True).map(tuple)
SCALARS = st.one_of(st.text(max_size=5), st.integers(0, 9), st.booleans(), st.none(), st.builds(Hole, st.text(max_size=5)))


def join(left: Possible, right: Possible) -> Possible:
    return combine([left, right], lambda contents: concatenate(contents))


def test_a_text_known_in_part_keeps_its_known_parts() -> None:
    content = concatenate(["arn:aws:bedrock:", Hole("known at deployment", "${region}"), "::foundation-model/", "a.b"])
    assert isinstance(content, Template)
    assert str(content) == "arn:aws:bedrock:${region}::foundation-model/a.b"
    assert content.reason == "known at deployment"


def test_combinations_whose_environments_never_meet_are_left_out() -> None:
    regions = (Possibility("us.", environments=("dev",)), Possibility("eu.", environments=("prod",)))
    models = (Possibility("a", environments=("dev",)), Possibility("b", environments=("prod",)))
    assert [(each.content, each.environments) for each in join(regions, models)] == [("us.a", ("dev",)), ("eu.b", ("prod",))]


def test_a_possibility_that_holds_everywhere_meets_every_environment() -> None:
    assert [each.content for each in join(known("us."), (Possibility("a", environments=("dev",)), Possibility("b")))] == [
        "us.a",
        "us.b",
    ]
    assert agree((), ("dev",)) == ("dev",)
    assert agree(("dev",), ("prod",)) is None
    assert in_environments((Possibility("a", environments=("dev",)), Possibility("b")), ["prod"]) == (
        Possibility("b", environments=("prod",)),
    )


def test_the_step_that_supplied_a_value_survives_joining_with_literals() -> None:
    joined = join(known("us."), known("a", Resolution.VARIABLE_DEFAULT))
    assert joined[0].resolution is Resolution.VARIABLE_DEFAULT


def test_too_many_possibilities_end_in_a_hole() -> None:
    many = tuple(Possibility(str(number)) for number in range(40))
    joined = join(many, many)
    assert len(joined) == MOST_POSSIBILITIES + 1
    assert isinstance(joined[-1].content, Hole)
    assert isinstance(unite([joined, many])[-1].content, Hole)


def test_a_text_that_doubles_sixty_times_costs_nothing() -> None:
    value = known("us.amazon.nova-lite-v1:0", trail=[Hop(Location("a.py"), "constant a")])
    for number in range(60):
        value = join(value, value)
        assert len(value[0].trail) <= MOST_HOPS, number
        assert len(str(value[0].content)) <= LONGEST_TEXT + 100
    assert isinstance(value[0].content, Template | Hole)


def test_a_list_that_doubles_sixty_times_costs_nothing() -> None:
    value = known("a")
    for _ in range(60):
        value = known(Items((value, value)))
    assert len(unite([value, value])) == 1


@given(st.lists(SCALARS, max_size=6))
def test_concatenation_is_associative(contents: list[str | int | bool | Hole | None]) -> None:
    whole = concatenate(contents)
    for cut in range(len(contents) + 1):
        assert concatenate([concatenate(contents[:cut]), concatenate(contents[cut:])]) == whole


@given(st.lists(st.tuples(SCALARS, ENVIRONMENTS), min_size=1, max_size=5))
def test_uniting_twice_changes_nothing(rows: list[tuple[str | int | bool | Hole | None, tuple[str, ...]]]) -> None:
    possible = tuple(Possibility(content, environments=environments) for content, environments in rows)
    once = unite([possible])
    assert unite([once, once]) == once


@given(ENVIRONMENTS, ENVIRONMENTS)
def test_agreement_is_symmetric_up_to_order(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    one, other = agree(left, right), agree(right, left)
    assert (one is None) == (other is None)
    assert set(one or ()) == set(other or ())


def test_what_cannot_be_told_keeps_its_reason() -> None:
    joined = join(known("us."), unknown("nothing sets it", "${var.model}"))
    assert isinstance(joined[0].content, Template)
    assert joined[0].content.reason == "nothing sets it"
