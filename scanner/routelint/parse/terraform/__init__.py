"""Terraform and OpenTofu: an evaluator of what configurations say about Bedrock models, for every root and environment."""

from __future__ import annotations

from routelint.model import ScanError
from routelint.parse import observing
from routelint.parse.parsed import ParseContext, Parsed
from routelint.parse.terraform import plan, roots, sightings, statements, terragrunt, varfiles, watched
from routelint.parse.terraform.deployments import Deployments
from routelint.parse.terraform.evaluate import Configuration, Evaluator
from routelint.parse.terraform.project import CONFIGURATION, VARIABLES, Project, folder_of
from routelint.parse.terraform.references import References
from routelint.source import SourceUnit


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
    found = [roots.root(project, context, folder, deployments) for folder in project.roots(marked) if folder not in applied]
    reached = set(project.reaching(marked))
    generated = any(path.endswith(".hcl") for path in unit.marked)
    found.extend(roots.unit(project, context, each) for each in units if generated or each.module in reached)
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


def _units(project: Project, context: ParseContext, unit: SourceUnit) -> list[terragrunt.Unit]:
    """The Terragrunt units of the scan; their files are only read where something marked may depend on them."""
    names = (terragrunt.NAME, terragrunt.STACK)
    paths = [path for path in unit.paths if path.rsplit("/", 1)[-1] in names]
    if not paths or not unit.marked:
        return []
    evaluator = Evaluator(References(project, context.surfaces), Configuration())
    return terragrunt.units(project, evaluator, paths)


def _once(errors: list[ScanError]) -> tuple[ScanError, ...]:
    return tuple(sorted(dict.fromkeys(errors), key=lambda error: (error.path, error.line, error.column)))
