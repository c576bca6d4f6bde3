"""Terraform and OpenTofu: an evaluator of what configurations say about Bedrock models, for every root and environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from routelint.model import Evidence, ScanError
from routelint.parse.parsed import EnvironmentSetting, ParseContext, Parsed
from routelint.parse.terraform import sightings, varfiles
from routelint.parse.terraform.evaluate import Configuration, Evaluator
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Attribute
from routelint.parse.terraform.project import CONFIGURATION, Project, folder_of
from routelint.parse.terraform.references import References
from routelint.parse.terraform.routes import Collected, Walk
from routelint.parse.terraform.values import Symbol
from routelint.parse.terraform.varfiles import ENVIRONMENT_VARIABLES, VariableFiles
from routelint.source import SourceUnit

MOST_CONFIGURATIONS = 24


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """The routes, resources and environment settings of every root that reaches a marked file."""
    project = Project(context.tree, unit.paths)
    marked = {folder_of(path) for path in unit.marked if path.endswith(CONFIGURATION)}
    found = [_root(project, context, folder) for folder in project.roots(marked)]
    return Parsed(
        sightings.living_references(each for part in found for each in part.references),
        sightings.living_resources(each for part in found for each in part.resources),
        tuple(setting for part in found for setting in part.settings),
        _once(project.errors),
    )


def _once(errors: list[ScanError]) -> tuple[ScanError, ...]:
    return tuple(sorted(dict.fromkeys(errors), key=lambda error: (error.path, error.line, error.column)))


@dataclass(frozen=True)
class _Root:
    """What one root says, before it is held against the others."""

    references: list[sightings.Gathered]
    resources: list[sightings.Listed]
    settings: tuple[EnvironmentSetting, ...]


def _root(project: Project, context: ParseContext, path: str) -> _Root:
    """One root in every configuration it can be told to have."""
    files = varfiles.for_root(project, project.folder(path))
    probe = _walk(project, context, path, files.always, _probing(project, path, files))
    found: dict[str, Collected] = {}
    evidence: list[Evidence] = []
    for name, (arguments, configuration) in _configurations(files, probe[1], project, path).items():
        found[name] = _walk(project, context, path, arguments, configuration)[0]
    evidence.extend(varfiles.evidence_of(name.split(" (")[0], file) for name, (file, _) in files.named.items())
    proofs = tuple(evidence)
    return _Root(
        sightings.references(path, {name: each.sightings for name, each in found.items()}, proofs),
        sightings.resources(path, {name: each.seen for name, each in found.items()}, proofs),
        _settings(found),
    )


def _walk(
    project: Project, context: ParseContext, path: str, arguments: Mapping[str, Attribute], configuration: Configuration
) -> tuple[Collected, dict[str, dict[str, None]]]:
    evaluator = Evaluator(References(project, context.surfaces), configuration)
    instance = Instance(project.folder(path), path, arguments=arguments)
    instance.scope = Scope(Instance(project.folder(path), path))
    collected = Walk(context, evaluator).root(instance)
    return collected, evaluator.seen_names


def _probing(project: Project, path: str, files: VariableFiles) -> Configuration:
    """A configuration in which the workspace and unset environment variables stay open, to see what they are held against."""
    folder = project.folder(path)
    symbols = {
        name: Symbol(f"var.{name} is chosen when the root is applied", f"${{var.{name}}}", f"var.{name}")
        for name in sorted(ENVIRONMENT_VARIABLES & folder.variables.keys())
        if name not in files.always
    }
    return Configuration("", _workspace(), symbols)


def _workspace(excluded: tuple[str, ...] = ()) -> Symbol:
    return Symbol("the workspace is chosen when the root is applied", "${terraform.workspace}", "terraform.workspace", excluded)


def _configurations(
    files: VariableFiles, seen: Mapping[str, Mapping[str, None]], project: Project, path: str
) -> dict[str, tuple[Mapping[str, Attribute], Configuration]]:
    """Name -> variable values and configuration, for every way the root is known to be applied; the empty name for others."""
    workspaces = tuple(seen.get("terraform.workspace", ()))
    variables = {symbol.removeprefix("var."): tuple(names) for symbol, names in seen.items() if symbol.startswith("var.")}
    files_of = {name: {**files.always, **attributes} for name, (_, attributes) in files.named.items()}
    names = list(dict.fromkeys((*files_of, *workspaces, *(name for names in variables.values() for name in names))))
    found: dict[str, tuple[Mapping[str, Attribute], Configuration]] = {}
    for name in names[:MOST_CONFIGURATIONS]:
        plain = name.split(" (")[0]
        arguments = files_of.get(name, files.always)
        workspace = plain if plain in workspaces else _workspace(workspaces)
        symbols = {variable: plain for variable, values in variables.items() if plain in values and variable not in arguments}
        found[name] = (arguments, Configuration(name, workspace, symbols))
    if len(files_of) < 2 or workspaces:
        # With variable files for several environments, a run without any is no way to apply the root.
        found.setdefault("", (files.always, Configuration("", _workspace(workspaces))))
    return found


def _settings(found: Mapping[str, Collected]) -> tuple[EnvironmentSetting, ...]:
    """One setting per place and name, its values bound to the environments they hold in."""
    groups: dict[tuple[str, str, object], dict[str, list[EnvironmentSetting]]] = {}
    for name, collected in found.items():
        for setting in collected.settings:
            groups.setdefault((setting.owner, setting.name, setting.location), {}).setdefault(name, []).append(setting)
    settings = []
    for group in groups.values():
        first = next(iter(group.values()))[0]
        values = {name: tuple(each for setting in several for each in setting.value) for name, several in group.items()}
        settings.append(replace(first, value=sightings.over_configurations(values, list(found))))
    return tuple(settings)
