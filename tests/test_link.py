from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

import golden as harness
from inventories import inventory
from routelint import link
from routelint.model import Location, Tags
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, Parsed
from routelint.possible import known
from routelint.source import MemoryTree

CASES = sorted(path for path in (harness.CASES / "linked").iterdir() if path.is_dir())
# Every golden folder of every language: what a folder holds is read as a whole scan would read it.
FOLDERS = sorted(path.parent for path in harness.CASES.glob("*/*/expected.txt"))


@cache
def whole(folder: Path) -> Parsed:
    """The inventory of a golden folder, its files in order."""
    return inventory(harness.tree(folder))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", harness.render(inventory(harness.tree(folder))))


def setting(owner: str, *code: str, path: str = "infra/main.tf", value: str = "x") -> EnvironmentSetting:
    return EnvironmentSetting("MODEL_ID", known(value), owner, Location(path), code)


@pytest.mark.parametrize(
    ("settings", "path", "owners"),
    [
        pytest.param([setting("a", "src")], "src/app.py", ["a"], id="a file in the folder that is run"),
        pytest.param([setting("a", "src")], "src2/app.py", [], id="a folder that only starts alike"),
        pytest.param([setting("a", ".")], "src/app.py", ["a"], id="the whole repository is run"),
        pytest.param([setting("a", "src"), setting("b", "src/app.py")], "src/app.py", ["b"], id="the nearest code wins"),
        pytest.param([setting("a", "src"), setting("b", "src")], "src/app.py", ["a", "b"], id="two functions share the code"),
        pytest.param([setting("a", "src", "src/app.py")], "src/app.py", ["a"], id="a folder and its handler are one owner"),
        pytest.param(
            [setting("aws_ecs_task_definition.api")], "services/api/main.py", ["aws_ecs_task_definition.api"], id="by name"
        ),
        pytest.param([setting("ChatApiTask")], "chat-api/main.py", ["ChatApiTask"], id="by name in another case style"),
        pytest.param([setting("aws_ecs_task_definition.app")], "app/main.py", [], id="a name that says nothing"),
        pytest.param([setting("aws_ecs.api"), setting("x", "api")], "api/main.py", ["x"], id="told code wins over names"),
        pytest.param(
            [setting("m.api", path="one/main.tf"), setting("m.api", path="two/main.tf", value="y")],
            "two/api/main.py",
            ["m.api"],
            id="of equal names the nearer one",
        ),
    ],
)
def test_settings_reach_the_code_that_runs_with_them(settings: list[EnvironmentSetting], path: str, owners: list[str]) -> None:
    found = link.settings([Parsed(settings=tuple(settings))]).lookup(path, "MODEL_ID")
    assert [each.owner for each in found] == owners
    assert link.settings([Parsed(settings=tuple(settings))]).lookup(path, "OTHER") == ()


def test_settings_of_equal_names_are_told_apart_by_place() -> None:
    settings = (setting("m.api", path="one/main.tf"), setting("m.api", path="two/main.tf", value="y"))
    (found,) = EnvironmentSettings(settings).lookup("two/api/main.py", "MODEL_ID")
    assert found.location.path == "two/main.tf"


def shown(tags: Tags | None) -> list[str]:
    """The tags without the reasons why some cannot be told, which list what may hold."""
    return sorted(f"{key}={value if isinstance(value, str) else '?'}" for key, value in (tags.entries if tags else {}).items())


def unordered(parsed: Parsed) -> list[tuple[object, ...]]:
    """What an inventory says, whatever order it says it in."""
    return sorted(
        (
            each.location,
            each.root,
            each.sink,
            sorted(map(repr, each.choices)),
            repr(each.unknown),
            sorted(map(repr, each.evidence)),
            shown(each.tags),
            sorted(each.environments),
        )
        for each in parsed.references
    )


@settings_of_hypothesis(max_examples=40, deadline=None)
@given(st.sampled_from(FOLDERS), st.randoms(use_true_random=False))
def test_the_order_of_files_never_matters(folder: Path, random: Random) -> None:
    """The listing is shuffled, although a listing is sorted: no parser may rely on which file it sees first."""
    files = list(harness.tree(folder).files.items())
    random.shuffle(files)
    shuffled = inventory(MemoryTree(dict(files)))
    assert unordered(shuffled) == unordered(whole(folder))
    assert {(each.location, each.root) for each in shuffled.resources} == {
        (each.location, each.root) for each in whole(folder).resources
    }
    assert sorted(map(repr, shuffled.errors)) == sorted(map(repr, whole(folder).errors))


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_folder_reads_the_same_backwards(folder: Path) -> None:
    backwards = MemoryTree(dict(reversed(list(harness.tree(folder).files.items()))))
    assert unordered(inventory(backwards)) == unordered(whole(folder))
