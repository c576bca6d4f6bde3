"""Lays what deployments give to a root over its variable files, in Terraform's order: environment, files, command line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from routelint.model import Evidence
from routelint.parse.terraform import varfiles
from routelint.parse.terraform.deployments.given import Deployment, Given, GivenAttribute, argument
from routelint.parse.terraform.module import Folder
from routelint.parse.terraform.nodes import Attribute, Literal
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.varfiles import Named, VariableFiles

Arguments = Mapping[str, Attribute]


def laid(project: Project, folder: Folder, files: VariableFiles, deployments: Iterable[Deployment]) -> VariableFiles:
    """The variable files of a root with what deployments give besides.

    One that names an environment adds to it, or is an environment of its own; one that names none holds wherever nothing
    else sets its variables.
    """
    layers = _Layers(project, folder, files)
    for deployment in deployments:
        layers.add(deployment)
    return layers.result()


class _Layers:
    def __init__(self, project: Project, folder: Folder, files: VariableFiles) -> None:
        self._project = project
        self._folder = folder
        self._files = files
        self._named = dict(files.named)
        self._base: dict[str, Attribute] = {}
        self._unnamed: list[Arguments] = []
        self._alternatives: list[Arguments] = []
        self._layered: dict[str, None] = {}

    def add(self, deployment: Deployment) -> None:
        """One more way of applying the root."""
        variables = self._arguments(deployment, deployment.variables.values())
        options = self._options(deployment)
        said = self._said(deployment)
        if said is not None:
            self._add_named(said, deployment, variables, options)
        elif deployment.open_file and self._files.named:
            # Which file is passed cannot be told: it may be any of them.
            for name, named in self._files.named.items():
                self._named[name] = replace(named, attributes=self._over(named.attributes, variables, options))
        elif options:
            self._unnamed.append({**variables, **self._files.always, **options})
        elif _disagree(self._base, variables):
            # Named files may set the same variables: then neither is ever seen.
            if not self._files.named:
                self._alternatives.append({**variables, **self._files.always})
        else:
            self._base = {**variables, **self._base}

    def _add_named(self, said: Evidence, deployment: Deployment, variables: Arguments, options: Arguments) -> None:
        same = [name for name in self._named if varfiles.plain(name).lower() == said.environment.lower()]
        for name in same:
            named = self._named[name]
            merged = self._over(named.attributes, variables, options)
            if _disagree(_given(named.attributes), _given(merged)):
                # Two pipelines of one environment are two ways of applying it.
                continue
            self._named[name] = replace(named, attributes=merged)
            return
        files = [named for name, named in self._files.named.items() if name in same]
        attributes = self._over(files[0].attributes if files else {}, variables, options)
        name = said.environment
        if name in self._named:
            name = f"{name} ({posixpath.basename(deployment.path)})"
        self._named[name] = Named(deployment.path, attributes, said)

    def _over(self, attributes: Arguments, variables: Arguments, options: Arguments) -> Arguments:
        below = {name: value for name, value in variables.items() if name not in self._files.always}
        return {**below, **attributes, **options}

    def _arguments(self, deployment: Deployment, given: Iterable[Given]) -> dict[str, Attribute]:
        certain = deployment.folder is not None
        found: dict[str, Attribute] = {}
        for each in given:
            declared = self._folder.variables.get(each.name)
            # What is perhaps not meant for this root, and cannot be told, takes no default away.
            if declared is not None and (certain or each.text is not None or "default" not in declared.body.attributes):
                found[each.name] = argument(each, declared, certain=certain)
        return found

    def _options(self, deployment: Deployment) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        paths = [each for each in deployment.options if isinstance(each, str)]
        for each in deployment.options:
            found.update(self._project.body(each).attributes if isinstance(each, str) else self._arguments(deployment, (each,)))
        # A file that is passed with others is a layer of them, not an environment.
        self._layered.update((path, None) for path in paths[:-1] if not varfiles.says_environment(path))
        return found

    def _said(self, deployment: Deployment) -> Evidence | None:
        paths = [each for each in deployment.options if isinstance(each, str)]
        if deployment.said is not None or not paths:
            return deployment.said
        path = next((path for path in reversed(paths) if varfiles.says_environment(path)), paths[-1])
        name = next((name for name, named in self._named.items() if named.path == path), None)
        if name is not None:
            return Evidence(varfiles.plain(name), f"variable file {posixpath.basename(path)}")
        attributes = self._project.body(path).attributes
        if not varfiles.says_environment(path) and not varfiles.ENVIRONMENT_VARIABLES & attributes.keys():
            return None
        return varfiles.evidence_of(varfiles.environment(path, attributes, self._folder.path), path)

    def result(self) -> VariableFiles:
        """The files and deployments together."""
        named = {name: each for name, each in self._named.items() if each.path not in self._layered}
        always = {**self._base, **self._files.always}
        alternatives = (always, *self._alternatives) if self._alternatives else ()
        unnamed = tuple({**self._base, **each} for each in (*alternatives, *self._unnamed))
        return VariableFiles(always, named, unnamed)


def _given(arguments: Arguments) -> Arguments:
    return {name: value for name, value in arguments.items() if isinstance(value, GivenAttribute)}


def _disagree(left: Arguments, right: Arguments) -> bool:
    """Whether both give a variable, and not the same."""
    return any(name in left and _text(left[name]) != _text(value) for name, value in right.items())


def _text(attribute: Attribute) -> object:
    expression = attribute.expression
    return expression.value if isinstance(expression, Literal) else expression.place.span
