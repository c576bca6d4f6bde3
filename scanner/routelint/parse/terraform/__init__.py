"""Terraform and OpenTofu: an evaluator of what configurations say about Bedrock models, for every root and environment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from routelint.model import ScanError
from routelint.parse import observing
from routelint.parse.parsed import ParseContext, Parsed
from routelint.parse.terraform import plan, roots, sightings, statements, varfiles, watched
from routelint.parse.terraform.deployments import Deployments
from routelint.parse.terraform.evaluate import (
    MOST_STEPS,
    MOST_STEPS_IN_ALL,
    MOST_STEPS_LATE,
    Budget,
    Configuration,
    Evaluator,
)
from routelint.parse.terraform.project import CONFIGURATION, STACK, UNIT, VARIABLES, Project, folder_of
from routelint.parse.terraform.references import References
from routelint.source import SourceUnit

if TYPE_CHECKING:
    from routelint.parse.terraform.terragrunt import Unit


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """The routes, resources and environment settings of every root that reaches a marked file."""
    project = Project(context.tree, unit.paths)
    marked = {folder_of(path) for path in unit.marked if path.endswith(CONFIGURATION)}
    for path in unit.marked:
        if path.endswith(VARIABLES):
            marked.update(varfiles.folders_of(project, path))
    deployments = Deployments(project)
    if project.by_folder:
        marked.update(deployments.giving(context.knows))
    if unit.marked:
        marked.update(watched.folders(context.tree, unit.paths))
    units = _units(project, context, unit)
    applied = {each.module for each in units}
    work = _Work(project)
    found = [
        work.within(folder, partial(roots.root, project, context, folder, deployments))
        for folder in project.roots(marked)
        if folder not in applied
    ]
    reached = set(project.reaching(marked))
    generated = any(path.endswith(".hcl") for path in unit.marked)
    found.extend(
        work.within(each.module, partial(roots.unit, project, context, each))
        for each in units
        if generated or each.module in reached
    )
    found.extend(roots.plan(context, project, path) for path in unit.marked if plan.is_plan_path(path))
    return Parsed(
        sightings.living_references(each for part in found for each in part.references),
        (
            *sightings.living_resources(each for part in found for each in part.resources),
            *observing.of_scripts(context.tree, unit.marked, "terraform"),
        ),
        tuple(setting for part in found for setting in part.settings),
        _once(project.errors),
        statements.living([each for part in found for each in part.statements]),
        tuple(each for part in found for each in part.principals),
    )


class _Work:
    """What evaluating the roots of a scan may cost: each of them, and all together."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._taken = 0

    def within(self, folder: str, evaluate: Callable[[Budget], roots.Root]) -> roots.Root:
        """A root, told as far as its budget reaches; where that is not all of it, an error says so."""
        budget = Budget(MOST_STEPS if self._taken < MOST_STEPS_IN_ALL else MOST_STEPS_LATE)
        found = evaluate(budget)
        self._taken += budget.taken
        if budget.spent:
            files = self._project.by_folder.get(folder) or [folder]
            steps = f"evaluating the folder takes more than {budget.steps:,} steps"
            late = f", which is what is left after {MOST_STEPS_IN_ALL:,} for others" if budget.steps < MOST_STEPS else ""
            self._project.errors.append(ScanError(files[0], f"{steps}{late}; some of its values are not told"))
        return found


def _units(project: Project, context: ParseContext, unit: SourceUnit) -> list[Unit]:
    """The Terragrunt units of the scan; their files are only read where something marked may depend on them."""
    paths = [path for path in unit.paths if path.rsplit("/", 1)[-1] in (UNIT, STACK)]
    if not paths or not unit.marked:
        return []
    from routelint.parse.terraform import terragrunt  # only who has such files pays for what reads them

    evaluator = Evaluator(References(project, context.surfaces), Configuration())
    return terragrunt.units(project, evaluator, paths)


def _once(errors: list[ScanError]) -> tuple[ScanError, ...]:
    return tuple(sorted(dict.fromkeys(errors), key=lambda error: (error.path, error.line, error.column)))
