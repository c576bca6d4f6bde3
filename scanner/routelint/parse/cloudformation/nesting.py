"""Stacks inside stacks: which local template a nested stack deploys, and what is passed to it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.cloudformation import cases, tagging
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.nodes import Mapping, Node, text_at
from routelint.parse.cloudformation.scenario import Scenario
from routelint.parse.cloudformation.stack import Stack, place
from routelint.parse.cloudformation.template import Declared
from routelint.possible import Possible
from routelint.possible import Template as PartText

_HOLE = lazy_regex(r"\$\{[^}]*\}")
_BUILT = lazy_regex(r"(?:^|/)(?:\.aws-sam/.*|packaged?[^/]*|[^/]*[._-]packaged?\.[a-z]+)$")
_ENDINGS = (".yaml", ".yml", ".json", ".template")
_SOURCES = tuple(f"template{ending}" for ending in _ENDINGS)


@dataclass(frozen=True, eq=False)
class Nested:
    """A resource that deploys another template of the scan."""

    declared: Declared
    path: str
    root: str

    def scenario(self, evaluator: Evaluator, stack: Stack) -> Scenario:
        """What is passed to the template in the scenario of `evaluator`."""
        parameters: dict[str, Possible] = {}
        for name, value in arguments(self.declared):
            hop = Hop(place(value, f"{self.declared.symbol}/Parameters.{name}"), f"{self.declared.name} passes {name}")
            parameters[name] = tuple(
                each.via(hop, Resolution.MODULE_ARGUMENT if each.resolution is Resolution.LITERAL else None)
                for each in evaluator.evaluate(value)
            )
        outer = evaluator.scenario
        return Scenario(
            outer.name,
            outer.environments,
            parameters,
            {**outer.tags, **tagging.own(stack, evaluator, self.declared)},
            outer.region,
            outer.evidence,
        )


def is_built(path: str) -> bool:
    """Whether a path is what a tool writes when it builds or packages a template."""
    return _BUILT.search(path) is not None


def home(path: str) -> str:
    """The folder of the template that a path was built from."""
    return posixpath.dirname(path) if ".aws-sam" not in path else path.split(".aws-sam")[0].rstrip("/")


def arguments(declared: Declared) -> Iterator[tuple[str, Node]]:
    """The parameters a nested stack passes, each with its value."""
    node = declared.properties.get("Parameters") if isinstance(declared.properties, Mapping) else None
    yield from node.items() if isinstance(node, Mapping) else ()


def find(stack: Stack, paths: Sequence[str], files: frozenset[str]) -> Iterator[Nested]:
    """The nested stacks of a stack whose template is in the scan; `paths` are the scan's templates."""
    for declared in stack.resources.values():
        for row in stack.rows.having(declared.type, "template"):
            path = _asset(stack, declared, files) or next(
                (
                    path
                    for found in stack.find(declared, row.carrier)
                    for each in cases.spread(stack.evaluate(found.node, found.evaluators or stack.base))
                    if isinstance(each.content, (str, PartText))
                    and (path := _local(str(each.content), stack.template.path, paths, files)) is not None
                ),
                None,
            )
            if path is not None and path != stack.template.path:
                outer = f"{stack.template.path}:" if stack.root == "." else f"{stack.root}."
                yield Nested(declared, path, f"{outer}{declared.name}")


def _asset(stack: Stack, declared: Declared, files: frozenset[str]) -> str | None:
    """The template that CDK wrote for a nested stack, as its metadata names it."""
    metadata = declared.body.get("Metadata")
    name = text_at(metadata.get("aws:asset:path")) if isinstance(metadata, Mapping) else None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(stack.template.path), name)) if name is not None else ""
    return path if path in files else None


def _local(text: str, caller: str, paths: Sequence[str], files: frozenset[str]) -> str | None:
    """The file of the scan that a template's address means; None where it is elsewhere."""
    folder = posixpath.dirname(caller)
    if "://" not in text and "${" not in text:
        path = posixpath.normpath(posixpath.join(folder, text))
        if path in files:
            return path
        if is_built(path):
            return next((each for name in _SOURCES if (each := posixpath.join(home(path), name)) in files), None)
        return None
    return _published(_HOLE.sub("/", text).split("://", 1)[-1], folder, paths)


def _published(address: str, folder: str, paths: Sequence[str]) -> str | None:
    """The template whose path ends like an address in a bucket, the nearest to `folder` among those that share most of it.

    What publishes templates may give them another ending (`api.yaml` as `api.template`), so that comes last.
    """
    parts = [part for part in address.split("?")[0].split("/") if part]
    for shape in (str, _unended):
        for length in range(min(len(parts), 4), 0, -1):
            tail = "/".join(parts[-length:])
            if "." not in tail:
                return None
            same = [path for path in paths if f"/{shape(path)}".endswith(f"/{shape(tail)}")]
            near = [path for path in same if length > 1 or posixpath.dirname(path) in (folder, posixpath.dirname(folder))]
            if near:
                return max(near, key=lambda path: (len(posixpath.commonprefix([path, folder + "/"])), -len(path)))
    return None


def _unended(path: str) -> str:
    """A template's path without the ending that says how it is written; any other path as it is."""
    start, ending = posixpath.splitext(path)
    return start if ending in _ENDINGS else path
