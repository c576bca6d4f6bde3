"""Pipelines and compose files as they apply roots: GitHub workflows, GitLab CI, CodeBuild, Docker Compose."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from routelint.deferred import lazy_regex
from routelint.model import Evidence
from routelint.parse.terraform.deployments.given import Deployment
from routelint.parse.terraform.deployments.shell import Files, Shell, of_variables, said_by_name
from routelint.parse.terraform.deployments.words import pieces_of
from routelint.parse.terraform.nodes import Place
from routelint.parse.terraform.varfiles import named_in
from routelint.parse.text.nodes import List, MalformedError, Map, Node, Scalar, read_yaml
from routelint.source import SourceText

MOST_COMBINATIONS = 12
_ABOUT_TERRAFORM = lazy_regex(r"(?i)terraform|tofu|tf-")
# Inputs of actions that say where to run.
_FOLDER_INPUTS = ("working-directory", "working_directory", "path", "directory", "tf_path", "tf_working_dir")
# A job that only checks is often given placeholders.
_CHECKS = lazy_regex(r"\b(?:terraform|tofu)\s+(?:-chdir\S+\s+)?(?:validate|fmt|test)\b")
_BLOCK_TEXT = lazy_regex(r"[|>][^\n]*\n")
# Keys of a GitLab file that are no jobs.
_NO_JOBS = frozenset({"variables", "default", "include", "stages", "workflow", "cache", "before_script", "after_script"})


def of_workflow(source: SourceText, files: Files) -> Iterator[Deployment]:
    """The deployments of a GitHub workflow, each job in every combination of its matrix."""
    workflow = _document(source)
    jobs = workflow.get("jobs") if workflow is not None else None
    if workflow is None or not isinstance(jobs, Map):
        return
    found: list[Deployment] = []
    silent: list[Deployment] = []
    for key, job in jobs.entries:
        if not isinstance(job, Map):
            continue
        for expressions in _combinations(job):
            shell, roots = _job(source, files, workflow, key.text, job, expressions)
            found.extend(shell.found)
            if not shell.found and not _CHECKS.search(source.text, job.start, job.end):
                # Nobody says terraform: an action or a make target may apply it.
                silent.extend(each for root in roots or (None,) for each in of_variables(shell, root))
    yield from found or silent


def _job(
    source: SourceText, files: Files, workflow: Map, name: str, job: Map, expressions: Mapping[str, str]
) -> tuple[Shell, tuple[str, ...]]:
    """The shell that has followed a job, and the roots in which its steps stand."""
    shell = Shell(source, files, (".",), expressions=expressions)
    for level in (workflow, job):
        _set_all(shell, level.get("env"))
    node = job.get("environment")
    said = _environment(shell, node.get("name") if isinstance(node, Map) else node, expressions)
    shell.said = said or _said_by_name(source.path, name)
    folder = _text(_at(job, "defaults", "run", "working-directory") or _at(workflow, "defaults", "run", "working-directory"))
    steps = job.get("steps")
    roots: dict[str, None] = {}
    for step in steps.items if isinstance(steps, List) else ():
        if isinstance(step, Map):
            inner = _step(shell, step, folder)
            if inner.moved and inner.root is not None:
                roots[inner.root] = None
    return shell, tuple(roots)


def _step(shell: Shell, step: Map, folder: str | None) -> Shell:
    """What one step adds to a job's shell; gives back the shell of the step."""
    inner = Shell(shell.source, shell.files, (".",), shell.values.copy(), shell.said, shell.expressions)
    _set_all(inner, step.get("env"))
    where = _text(step.get("working-directory")) or folder
    action = _text(step.get("uses")) or ""
    if _ABOUT_TERRAFORM.search(action):
        inputs = step.get("with")
        named = next((text for key in _FOLDER_INPUTS if (text := _text(_at(inputs, key)))), None)
        where = named or where
    if where is not None:
        inner.enter(pieces_of(where))
    run = step.get("run")
    if isinstance(run, Scalar):
        start, end = _inside(shell.source, run)
        before = dict(inner.values.given)
        inner.run(start, end)
        if "GITHUB_ENV" in run.text:
            shell.values.given.update({name: ways for name, ways in inner.values.given.items() if before.get(name) is not ways})
    elif _ABOUT_TERRAFORM.search(action) and inner.moved:
        inner.found.extend(of_variables(inner, inner.root))
    shell.found.extend(inner.found)
    return inner


def _environment(shell: Shell, node: Node | None, expressions: Mapping[str, str]) -> Evidence | None:
    text = _text(node)
    if text is None or not isinstance(node, Scalar):
        return None
    shown = "".join(each if isinstance(each, str) else expressions.get(each.text, "$") for each in pieces_of(text))
    if not shown or "$" in shown:
        return None
    # An environment of GitLab may be a path: `review/feature-1`.
    location = Place(shell.source, node.start, node.end).location()
    return Evidence(shown, f"environment '{shown}' of {posixpath.basename(shell.source.path)}", location)


def _combinations(job: Map) -> list[dict[str, str]]:
    """The texts of `matrix.NAME` in every combination of a job's matrix; one without any where it has none."""
    matrix = _at(job, "strategy", "matrix")
    if not isinstance(matrix, Map):
        return [{}]
    axes = [
        [(key.text, item.text) for item in value.items if isinstance(item, Scalar)]
        for key, value in matrix.entries
        if isinstance(value, List) and key.text not in ("include", "exclude")
    ]
    products = itertools.islice(itertools.product(*(axis for axis in axes if axis)), MOST_COMBINATIONS)
    found = [{f"matrix.{name}": text for name, text in each} for each in products if each]
    included = _at(matrix, "include")
    extra = [
        {f"matrix.{key.text}": value.text for key, value in item.entries if isinstance(value, Scalar)}
        for item in (included.items if isinstance(included, List) else ())
        if isinstance(item, Map)
    ]
    for each in extra:
        fitting = [one for one in found if any(one.get(name) == text for name, text in each.items())]
        for one in fitting:
            one.update({name: text for name, text in each.items() if name not in one})
        if not fitting:
            found.append(each)
    return found[:MOST_COMBINATIONS] or [{}]


def of_gitlab(source: SourceText, files: Files) -> Iterator[Deployment]:
    """The deployments of a GitLab pipeline, job by job."""
    top = _document(source)
    if top is None:
        return
    for key, job in top.entries:
        if not isinstance(job, Map) or key.text in _NO_JOBS:
            continue
        shell = Shell(source, files, (".",))
        for level in (top, job):
            _set_all(shell, level.get("variables"))
        node = job.get("environment")
        node = node.get("name") if isinstance(node, Map) else node
        shell.said = _environment(shell, node, {}) or _said_by_name(source.path, key.text)
        before = job.get("before_script") or _at(top, "default", "before_script") or top.get("before_script")
        for script in (before, job.get("script")):
            _run_all(shell, script)
        yield from shell.found


def of_buildspec(source: SourceText, files: Files) -> Iterator[Deployment]:
    """The deployments of a CodeBuild specification."""
    top = _document(source)
    if top is None:
        return
    shell = Shell(source, files, (".",), said=said_by_name(source.path))
    _set_all(shell, _at(top, "env", "variables"))
    phases = top.get("phases")
    for _, phase in phases.entries if isinstance(phases, Map) else ():
        _run_all(shell, _at(phase, "commands"))
    yield from shell.found
    if not shell.found:
        yield from of_variables(shell, None)


def of_compose(source: SourceText, files: Files) -> Iterator[Deployment]:
    """What the services of a Docker Compose file hand to the terraform that runs in them."""
    top = _document(source)
    services = top.get("services") if top is not None else None
    for _, service in services.entries if isinstance(services, Map) else ():
        if isinstance(service, Map):
            here = posixpath.dirname(source.path) or "."
            shell = Shell(source, files, (here,), said=said_by_name(source.path))
            _set_all(shell, service.get("environment"), in_shell=True)
            yield from of_variables(shell, shell.root)


# -- documents


def _document(source: SourceText) -> Map | None:
    try:
        documents = read_yaml(source.text)
    except MalformedError:
        # The text parser says so.
        return None
    return next((each for each in documents if isinstance(each, Map)), None)


def _at(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Map) else None
    return node


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) else None


def _set_all(shell: Shell, node: Node | None, *, in_shell: bool = False) -> None:
    """Sets the variables of a map, or of a list of `NAME=value`."""
    pairs: list[tuple[str, str, Scalar]] = []
    if isinstance(node, Map):
        pairs = [(key.text, value.text, value) for key, value in node.entries if isinstance(value, Scalar)]
    elif isinstance(node, List):
        for item in node.items:
            if isinstance(item, Scalar) and "=" in item.text:
                pairs.append((*item.text.split("=", 1), item))  # type: ignore[arg-type]
    for name, text, scalar in pairs[:1000]:
        place = Place(shell.source, *_inside(shell.source, scalar))
        shell.set(name, shell.parts(pieces_of(text, shell=in_shell), place), place)


def _run_all(shell: Shell, node: Node | None) -> None:
    scripts: Sequence[Node] = node.items if isinstance(node, List) else (node,) if node is not None else ()
    for script in scripts:
        if isinstance(script, Scalar):
            shell.run(*_inside(shell.source, script))


def _inside(source: SourceText, scalar: Scalar) -> tuple[int, int]:
    """The offsets of a scalar's text without its quotes or the head of its block."""
    written = source.text[scalar.start : scalar.end]
    head = _BLOCK_TEXT.match(written)
    if head is not None:
        return scalar.start + head.end(), scalar.end
    if len(written) > 1 and written[0] == written[-1] and written[0] in "\"'":
        return scalar.start + 1, scalar.end - 1
    return scalar.start, scalar.end


def _said_by_name(path: str, job: str = "") -> Evidence | None:
    """The environment in the name of a job, or of the file."""
    name = named_in(job)
    if name is not None:
        return Evidence(name, f"job '{job}' of {posixpath.basename(path)}")
    return said_by_name(path)
