from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import ANY_REPORT, ERRORS, HOSTILE, LITE, LITE_CHOICE, RESOURCES, ROUTES, UNSET, printing, reference, rows
from routelint.inventory import Row, RowModel
from routelint.model import Known, Report, Value
from routelint.output import table
from routelint.output.layout import columns
from routelint.output.table import Group

CASES = Path(__file__).parent / "cases_output"
UNSHOWABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("width", [80, 120, None], ids=["80", "120", "pipe"])
@pytest.mark.parametrize("group", Group)
def test_golden(width: int | None, group: Group, golden: Callable[[Path, str], None]) -> None:
    written = table.inventory(rows(), RESOURCES, ERRORS, printing(width=width), group)
    golden(CASES / f"inventory-{group}-{width or 'pipe'}.txt", written)


def test_every_route_model_and_reason_is_there() -> None:
    written = table.inventory(rows(), (), (), printing(width=120))
    assert [line.split()[0] for line in written.splitlines() if re.match(r" +\d+ ", line)] == ["7", "12", "5", "9", "1"]
    assert "? the condition var.premium cannot be told" in written
    assert "? var.model has no default and no tfvars in the scanned files sets it" in written


def test_a_model_holds_in_the_environments_of_its_trail_else_of_its_place() -> None:
    placed = replace(reference(Known(replace(LITE_CHOICE, environments=()))), environments=("test",))
    assert " test " in table.inventory(rows((placed,)), (), (), printing())
    proved = replace(placed, value=Known(LITE_CHOICE))
    assert "prod, staging" in table.inventory(rows((proved,)), (), (), printing())


def test_a_long_name_does_not_push_the_columns_of_the_others_aside() -> None:
    written = table.inventory(rows(), (), (), printing(width=120)).splitlines()
    (arn,) = [number for number, line in enumerate(written) if "arn:aws:bedrock" in line]
    lite = next(line for line in written if LITE in line)
    assert written[arn + 1].index("prod") == lite.index("prod, staging")


def test_a_narrow_terminal_gets_the_facts_below_the_model() -> None:
    written = table.inventory(rows(), (), (), printing(width=80)).splitlines()
    (first, *_) = [number for number, line in enumerate(written) if LITE in line]
    assert written[first + 1].strip() == "economy; $0.06 in, $0.24 out; prod, staging; variable-default"


def roots_of(*pairs: tuple[str, Value]) -> list[str]:
    """The lines of one place that several roots call."""
    routes = tuple(replace(reference(value), root=root) for root, value in pairs)
    return [line.strip() for line in table.inventory(rows(routes), (), (), printing(width=120)).splitlines()[3:-5]]


def test_roots_with_the_same_outcome_share_a_line() -> None:
    one = Known(LITE_CHOICE)
    lines = roots_of(("a", one), ("b", one), ("c", one), ("d", one), ("e", one))
    assert len(lines) == 2
    assert lines[1] == "from roots a, b, c and 2 more"


def test_roots_with_other_outcomes_are_named() -> None:
    lines = roots_of(("a", Known(LITE_CHOICE)), ("b", UNSET), ("c", Known(LITE_CHOICE)))
    assert [line for line in lines if line.startswith("from")] == ["from roots a and c", "from root b"]


def test_one_root_is_not_worth_a_line() -> None:
    assert len(roots_of(("a", Known(LITE_CHOICE)))) == 1


def test_what_has_no_output_has_no_output_price() -> None:
    row = Row(ROUTES[0], (RowModel(LITE_CHOICE, LITE, None, 0.02, 0.0),))
    assert "  -     0.02      -  prod" in table.inventory((row,), (), (), printing(width=120))
    assert "no tier; $0.02 in; prod" in table.inventory((row,), (), (), printing(width=60))


def test_the_summary_counts() -> None:
    written = table.inventory(rows(), RESOURCES, (), printing(width=120)).splitlines()
    assert written[-4:] == [
        "5 routes in 3 files, 4 models: 2 x economy, 2 x no tier and 1 x premium",
        "3 of 5 routes resolved (60 %)",
        "2 of 2 taggable places tagged",
        "prices in US dollars per million tokens, for the scope and region of the route",
    ]


def test_no_routes_is_said() -> None:
    assert table.inventory((), (), (), printing()) == "no model routes found\n"


def test_what_could_not_be_read_is_told() -> None:
    assert "services/broken.py:12:7: invalid syntax" in table.inventory((), (), ERRORS, printing())


def test_workloads_come_by_name_and_routes_without_one_last() -> None:
    written = table.inventory(rows(), (), (), printing(width=140), Group.WORKLOAD)
    assert written.index("ticket-triage") < written.index("no workload") < written.index("infra/main.tf:7")


@settings(max_examples=30)
@given(ANY_REPORT, st.none() | st.integers(30, 160), st.sampled_from(Group))
def test_any_inventory_prints_without_controls_or_commands(report: Report, width: int | None, group: Group) -> None:
    written = table.inventory(rows(report.references), report.resources, report.errors, printing(width=width), group)
    written.encode()
    for line in written.split("\n"):
        assert not {unicodedata.category(character) for character in line} & UNSHOWABLE
        assert not re.match(r"\s*::\w", line)


def test_the_table_fits_the_terminal() -> None:
    for width in (80, 100, 120, 160):
        for line in table.inventory(rows(ROUTES), RESOURCES, (), printing(width=width)).splitlines():
            assert columns(line) <= width or "arn:aws" in line


def test_a_hostile_name_stays_on_its_line() -> None:
    written = table.inventory(rows(HOSTILE.references), (), (), printing(width=80), Group.WORKLOAD)
    assert not set(written) & set("\x1b\x07\x9b\r\u202e")
