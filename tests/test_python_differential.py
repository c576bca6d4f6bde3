"""What the parser says a call can take, against what the call took when the program ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import python_programs
from python_programs.program import Program
from routelint import catalog, surfaces
from routelint.model import Kind, Location, ModelReference
from routelint.parse import python
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, ParseContext
from routelint.possible import known
from routelint.source import MemoryTree, SourceUnit

# Of the calls whose value rests on the code alone, how many may be told only in part, not at all, or with more than they took.
MOST_INEXACT = 0.01


@dataclass(frozen=True)
class Outcome:
    """One call: where it stands, what it took, and what was said of it."""

    seed: int
    path: str
    line: int
    forms: tuple[str, ...]
    received: frozenset[str]
    said: frozenset[str]
    reasons: tuple[str, ...]
    routes: int
    open: bool

    @property
    def wrong(self) -> bool:
        """Whether the call took what was not said, although nothing was said to be open."""
        return self.routes == 0 or (not self.received <= self.said and not self.reasons)

    @property
    def exact(self) -> bool:
        """Whether what was said is what the call took, no more and no less."""
        return self.received == self.said and not self.reasons

    def __str__(self) -> str:
        said = [*sorted(self.said), *self.reasons]
        return f"seed {self.seed} {self.path}:{self.line} {'/'.join(self.forms)}: took {sorted(self.received)}, said {said}"


def parse(program: Program) -> list[ModelReference]:
    tree = MemoryTree({path: text.encode() for path, text in program.files.items()})
    paths = tuple(path for path in tree.paths() if path.endswith(".py"))
    place = Location("template.yaml")
    settings = tuple(
        EnvironmentSetting(name, known(value), "Service", place, (".",)) for name, value in program.environment.items()
    )
    facts = catalog.load()
    context = ParseContext(tree, surfaces.load("python"), facts.knows, EnvironmentSettings(settings), facts.cdk)
    parsed = python.parse(SourceUnit("python", paths, paths), context)
    assert parsed.errors == ()
    return [each for each in parsed.references if each.kind is Kind.INVOKE]


def outcomes(seed: int, folder: Path, *, traps_too: bool = False) -> Iterator[Outcome]:
    program = python_programs.generate(seed, traps_too=traps_too)
    received = program.run(folder / str(seed))
    routes = parse(program)
    for (path, line), models in sorted(received.items()):
        here = [each for each in routes if each.location.path == path and each.statement.contains(line)]
        said = frozenset(choice.model.id for each in here for choice in each.choices)
        reasons = tuple(each.unknown.reason for each in here if each.unknown is not None)
        forms = program.forms.get((path, line), ())
        yield Outcome(seed, path, line, forms, frozenset(models), said, reasons, len(here), (path, line) in program.open)


def held_against(seeds: range, folder: Path, *, traps_too: bool = False) -> Counter[str]:
    """How many calls were judged, and of those told by the code alone how many exactly; none may be wrong."""
    counts: Counter[str] = Counter()
    wrong: list[Outcome] = []
    inexact: list[Outcome] = []
    for seed in seeds:
        for each in outcomes(seed, folder, traps_too=traps_too):
            counts["calls"] += 1
            if each.wrong:
                wrong.append(each)
            if not each.open:
                counts["told by the code"] += 1
                if not each.exact:
                    inexact.append(each)
    assert not wrong, "\n".join(map(str, wrong[:10]))
    bound = MOST_INEXACT * counts["told by the code"]
    assert len(inexact) <= bound, f"{len(inexact)} of {counts}\n" + "\n".join(map(str, inexact[:10]))
    counts["inexact"] = len(inexact)
    return counts


def test_what_is_said_holds_for_what_runs(tmp_path: Path) -> None:
    assert held_against(range(12), tmp_path)["calls"] > 600


def test_what_is_said_of_traps_is_not_wrong(tmp_path: Path) -> None:
    assert held_against(range(500, 508), tmp_path, traps_too=True)["calls"] > 400


@pytest.mark.slow
def test_what_is_said_holds_for_many_programs(tmp_path: Path) -> None:
    counts = held_against(range(1_000, 1_150), tmp_path)
    assert counts["calls"] > 7_000


@pytest.mark.slow
def test_what_is_said_of_many_traps_is_not_wrong(tmp_path: Path) -> None:
    counts = held_against(range(2_000, 2_060), tmp_path, traps_too=True)
    assert counts["calls"] > 3_000


def test_a_generator_makes_the_same_program_of_a_seed() -> None:
    one, other = python_programs.generate(7), python_programs.generate(7)
    assert (one.files, one.environment, one.forms) == (other.files, other.environment, other.forms)


def test_every_form_and_sink_is_written() -> None:
    programs = [python_programs.generate(seed, traps_too=True) for seed in range(30)]
    written = {form for program in programs for forms in program.forms.values() for form in forms}
    kinds = (*python_programs.FORMS, *python_programs.traps.FORMS, *python_programs.calls.SINKS)
    wanted = {each.__name__.strip("_") for each in kinds}
    assert wanted <= written
