"""Which code of the scanned tree a function, container or runtime of a template runs, as far as the template says it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.nodes import Mapping, Node, function, text_at
from routelint.parse.cloudformation.stack import Stack
from routelint.parse.cloudformation.template import Declared
from routelint.parse.handlers import Handlers, files_in
from routelint.parse.images import folder_of_image
from routelint.parse.paths import Paths
from routelint.possible import Template as PartText

_REMOTE = ("://", ".dkr.ecr.")


def of(stack: Stack, declared: Declared, paths: Paths, handlers: Handlers) -> tuple[str, ...]:
    """The repository paths of the code a resource runs, its handler's file first; empty where that cannot be told.

    Where the code is not in the scan, because it is built or uploaded, its handler tells the file. Layers come last.
    """
    named = list(dict.fromkeys(_texts(stack, declared, "handler")))
    said = list(_said(stack, declared))
    found: dict[str, None] = {}
    for path in said:
        found.update(dict.fromkeys(file for name in named for file in files_in(path, name, paths.files.__contains__)))
        found[path] = None
    for image in _images(stack, declared) if not found else ():
        built = folder_of_image(image, paths.files)
        if built is not None:
            found[built] = None
    if not any(path in paths for path in found) and not _is_written_here(stack, declared):
        runtime = next(_texts(stack, declared, "runtime"), "")
        found.update(dict.fromkeys(path for name in named for path in handlers.find(name, said, runtime)))
    for layer in _layers(stack, declared):
        found.update(dict.fromkeys(path for path in _said(stack, layer) if path in paths))
    return tuple(found)


def _is_written_here(stack: Stack, declared: Declared) -> bool:
    """Whether the code of a resource is a text of its template."""
    rows = (row for row in stack.rows.having(declared.type, "indirect") if row.reads == "program")
    return any(any(stack.find(declared, row.carrier)) for row in rows)


def _said(stack: Stack, declared: Declared) -> Iterator[str]:
    """Where the code of a resource is said to be, in the scan or not."""
    folder = posixpath.dirname(stack.template.path)
    for path in _local(stack, declared):
        joined = posixpath.normpath(posixpath.join(folder, path))
        if not joined.startswith(("..", "/")):
            yield joined


def _images(stack: Stack, declared: Declared) -> Iterator[str]:
    """The images that the containers of a task run, as far as they can be told."""
    for row in stack.rows.having(declared.type, "image"):
        for found in stack.find(declared, row.carrier):
            for each in stack.of(found):
                if isinstance(each.content, str | PartText):
                    yield str(each.content)


def _local(stack: Stack, declared: Declared) -> Iterator[str]:
    metadata = declared.body.get("Metadata")
    if isinstance(metadata, Mapping):
        for key in ("DockerContext", "aws:asset:path"):
            context = text_at(metadata.get(key))
            if context:
                yield context
                return
    yield from (text for text in _texts(stack, declared, "code") if not any(mark in text for mark in _REMOTE))


def _texts(stack: Stack, declared: Declared, role: str) -> Iterator[str]:
    """The texts at the carriers of a role."""
    for row in stack.rows.having(declared.type, role):
        for found in stack.find(declared, row.carrier):
            for each in cases.spread(stack.of(found)):
                if isinstance(each.content, str) and each.content:
                    yield each.content


def _layers(stack: Stack, declared: Declared) -> Iterator[Declared]:
    """The layers of a function that its template declares."""
    for row in stack.rows.having(declared.type, "layer"):
        for found in stack.find(declared, row.carrier):
            layer = stack.resources.get(_referred(found.node))
            if layer is not None:
                yield layer


def _referred(node: Node) -> str:
    called = function(node)
    return (text_at(called[1]) or "").split(".", 1)[0] if called is not None and called[0] in ("Ref", "GetAtt") else ""
