"""Evaluates one root in every configuration it is known to be applied in: variable files, workspaces, environments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Evidence, Principal
from routelint.parse.parsed import EnvironmentSetting, ParseContext
from routelint.parse.terraform import identities, sightings, varfiles
from routelint.parse.terraform import plan as plans
from routelint.parse.terraform.deployments import Deployments, layers
from routelint.parse.terraform.evaluate import Budget, Configuration, Evaluator
from routelint.parse.terraform.module import Folder, Instance, Scope
from routelint.parse.terraform.nodes import Attribute, Block, literal_text
from routelint.parse.terraform.project import Project, folder_of
from routelint.parse.terraform.references import References
from routelint.parse.terraform.routes import Collected, Walk
from routelint.parse.terraform.statements import Said, over_configurations
from routelint.parse.terraform.values import Symbol
from routelint.parse.terraform.varfiles import ENVIRONMENT_VARIABLES, VariableFiles
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.terraform.terragrunt import Unit

MOST_CONFIGURATIONS = 24


@dataclass(frozen=True)
class Root:
    """What one root says, before it is held against the others."""

    references: list[sightings.Gathered]
    resources: list[sightings.Listed]
    settings: tuple[EnvironmentSetting, ...]
    statements: list[Said] = field(default_factory=list)
    principals: tuple[Principal, ...] = ()


@dataclass(frozen=True, eq=False)
class _Task:
    """A root to be evaluated: its folder, the path its rows name, and variables that are known already."""

    project: Project
    context: ParseContext
    folder: Folder
    path: str
    given: Mapping[str, Possible]
    budget: Budget = field(default_factory=Budget)

    def walk(self, arguments: Mapping[str, Attribute], configuration: Configuration) -> tuple[Collected, Evaluator]:
        evaluator = Evaluator(References(self.project, self.context.surfaces), configuration, self.budget)
        # Variable files hold no references: any scope does for them.
        outside = Scope(Instance(Folder(self.path), self.path))
        instance = Instance(self.folder, self.path, scope=outside, arguments=arguments, given=self.given)
        return Walk(self.context, evaluator).root(instance), evaluator


def root(project: Project, context: ParseContext, path: str, deployments: Deployments, budget: Budget) -> Root:
    """A folder that nobody calls, in every configuration it is known to be applied in."""
    folder = project.folder(path)
    files = layers.laid(project, folder, varfiles.for_root(project, folder), deployments.of_root(path))
    task = _Task(project, context, folder, path, {}, budget)
    evidence = tuple(dict.fromkeys(named.evidence for named in files.named.values()))
    return _evaluated(task, files, evidence)


def unit(project: Project, context: ParseContext, found: Unit, budget: Budget) -> Root:
    """A Terragrunt unit: its module with its inputs."""
    folder = project.folder(found.module)
    if found.providers:
        folder = replace(folder, providers={**folder.providers, **found.providers})
    task = _Task(project, context, folder, folder_of(found.path), found.inputs, budget)
    return _evaluated(task, VariableFiles({}, {}), ())


def plan(context: ParseContext, project: Project, path: str) -> Root:
    """A plan, where nothing is left to be evaluated."""
    folder, evidence = plans.folder(project, path)
    task = _Task(project, context, folder, folder_of(path), {})
    collected, _ = task.walk({}, Configuration())
    return _gathered(task.path, {"": collected}, evidence)


def _evaluated(task: _Task, files: VariableFiles, evidence: tuple[Evidence, ...]) -> Root:
    probed, evaluator = task.walk(files.always, _probing(task, files))
    configurations = _configurations(task, files, evaluator.seen_names)
    if list(configurations) == [""] and not files.unnamed and not evaluator.seen_names and not _symbols(task, files):
        # Nothing asks for an environment: the first look was the whole story.
        return _gathered(task.path, {"": probed}, evidence)
    found = {name: task.walk(*configuration)[0] for name, configuration in configurations.items()}
    return _gathered(task.path, found, evidence)


def _gathered(path: str, found: Mapping[str, Collected], evidence: tuple[Evidence, ...]) -> Root:
    return Root(
        sightings.references(path, {name: each.sightings for name, each in found.items()}, evidence),
        sightings.resources(path, {name: each.seen for name, each in found.items()}, evidence),
        _settings(found),
        over_configurations({name: each.statements for name, each in found.items()}),
        identities.over_configurations(each.principals for each in found.values()),
    )


def _symbols(task: _Task, files: VariableFiles) -> list[str]:
    """The environment variables of a root that nothing always sets."""
    declared = ENVIRONMENT_VARIABLES & task.folder.variables.keys()
    passed = {*files.always, *task.given, *(name for named in files.named.values() for name in named.attributes)}
    return sorted(declared - passed)


def _probing(task: _Task, files: VariableFiles) -> Configuration:
    """A configuration in which the workspace and unset environment variables stay open, to see what they are held against."""
    symbols = {
        name: Symbol(f"var.{name} is chosen when the root is applied", f"${{var.{name}}}", f"var.{name}")
        for name in _symbols(task, files)
    }
    return Configuration("", _workspace(), symbols)


def _workspace(excluded: tuple[str, ...] = ()) -> Symbol:
    return Symbol("the workspace is chosen when the root is applied", "${terraform.workspace}", "terraform.workspace", excluded)


def _configurations(
    task: _Task, files: VariableFiles, seen: Mapping[str, Mapping[str, None]]
) -> dict[str, tuple[Mapping[str, Attribute], Configuration]]:
    """Name -> variable values and configuration, for every way the root is known to be applied; the empty name for others."""
    workspaces = tuple(seen.get("terraform.workspace", ()))
    variables = {symbol.removeprefix("var."): tuple(names) for symbol, names in seen.items() if symbol.startswith("var.")}
    files_of = {name: {**files.always, **named.attributes} for name, named in files.named.items()}
    names = list(dict.fromkeys((*files_of, *workspaces, *(name for names in variables.values() for name in names))))
    found: dict[str, tuple[Mapping[str, Attribute], Configuration]] = {}
    for name in names[:MOST_CONFIGURATIONS]:
        plain = varfiles.plain(name)
        arguments = files_of.get(name, files.always)
        workspace = plain if plain in workspaces else _workspace(workspaces)
        symbols = {variable: plain for variable, values in variables.items() if plain in values and variable not in arguments}
        found[name] = (arguments, Configuration(name, workspace, symbols))
    for number, arguments in enumerate(files.unnamed[:MOST_CONFIGURATIONS]):
        found[f" ({number})" if number else ""] = (arguments, Configuration("", _workspace(workspaces)))
    if not found or (not files.unnamed and _applies_unnamed(task, files, workspaces, variables)):
        found[""] = (files.always, Configuration("", _workspace(workspaces)))
    return found


def _applies_unnamed(
    task: _Task, files: VariableFiles, workspaces: tuple[str, ...], variables: Mapping[str, tuple[str, ...]]
) -> bool:
    """Whether the root is also applied in a way that no file, workspace or environment names."""
    declared = task.folder.variables
    required = {name for name, block in declared.items() if "default" not in block.body.attributes and name not in files.always}
    if any(name in required for named in files.named.values() for name in named.attributes):
        return False
    if workspaces:
        return True
    if variables:
        # A default that is one of the names, or no default, adds no other way.
        return any(_other_default(declared[name], values) for name, values in variables.items() if name in declared)
    return len(files.named) < 2


def _other_default(block: Block, names: tuple[str, ...]) -> bool:
    default = block.body.attributes.get("default")
    return default is not None and literal_text(default.expression) not in names


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
