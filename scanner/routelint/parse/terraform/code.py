"""Which code of the scanned tree a function, container or runtime runs, as far as the configuration says it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from routelint.parse.handlers import SUFFIXES, files_in
from routelint.parse.images import folder_of_image
from routelint.parse.terraform import sections
from routelint.parse.terraform.functions.documents import decode, tree_path
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Block, Body, Expression, GetAttr, Index, Variable, inner_expressions
from routelint.possible import Items, Record, Template

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# What names code at a resource, and at what it takes its code from: an archive, an uploaded object, an image that is built.
_CODE = ("filename", "source_dir", "source_path", "source_file", "source", "s3_key", "image_uri", "build.context", "code_path")
_LAYERS = ("layers",)
# What holds code as a text: an archive of one file, a file that Terraform writes.
_TEXTS = ("source_content", "content", "content_base64")
MOST_STEPS = 4


def paths(evaluator: Evaluator, block: Block, scope: Scope) -> tuple[str, ...]:
    """Repository-relative files and folders of the code that a resource runs; empty where that cannot be told.

    Of a handler in a folder both are given, the file first: several functions may share the folder. Where the code is not in
    the scan, because it is built or uploaded, its handler tells the file. Layers come last.
    """
    said = list(dict.fromkeys(_paths(evaluator, block, scope, _CODE, 0)))
    found = list(dict.fromkeys(each for path in said for each in _existing(evaluator, path)))
    exists = evaluator.references.project.exists
    found = found or list(dict.fromkeys(_built(evaluator, block, scope)))
    handlers = _texts(evaluator, block.body, "handler", scope)
    if not found and handlers and not _is_written_here(evaluator, block, scope, 0):
        runtime = next(iter(_texts(evaluator, block.body, "runtime", scope)), "")
        files = [path for name in handlers for path in evaluator.references.project.handlers.find(name, said, runtime)]
    else:
        files = [file for path in found for name in handlers for file in files_in(path, name, exists)]
    layers = (each for path in _paths(evaluator, block, scope, _LAYERS, 0) for each in _existing(evaluator, path))
    return tuple(dict.fromkeys((*files, *found, *layers)))


def _paths(evaluator: Evaluator, block: Block, scope: Scope, names: tuple[str, ...], depth: int) -> Iterator[str]:
    """Where the code of a resource is said to be, in the scan or not."""
    for name in names:
        for leaf in sections.leaves(evaluator, block.body, name, scope):
            for each in leaf.value:
                path = tree_path(each.content, scope.instance.root)
                if path is not None:
                    yield path
            if leaf.expression is not None and depth < MOST_STEPS:
                for other, bound in _referred(evaluator, leaf.expression, scope):
                    if other is not block:
                        yield from _paths(evaluator, other, bound, _CODE, depth + 1)


def _is_written_here(evaluator: Evaluator, block: Block, scope: Scope, depth: int) -> bool:
    """Whether the code of a resource is a text of the configuration, which an archive of it holds."""
    attributes = block.body.attributes
    if any(name in attributes for name in _TEXTS) or any(each.type == "source" for each in block.body.blocks):
        return True
    if depth >= MOST_STEPS:
        return False
    given = [attributes[name].expression for name in _CODE if name in attributes]
    return any(
        _is_written_here(evaluator, other, bound, depth + 1)
        for expression in given
        for other, bound in _referred(evaluator, expression, scope)
        if other is not block
    )


def _built(evaluator: Evaluator, block: Block, scope: Scope) -> Iterator[str]:
    """The folders of the scan that the images of a task's containers are built from, told by their names."""
    attribute = block.body.attributes.get("container_definitions")
    if attribute is None:
        return
    for each in evaluator.evaluate(attribute.expression, scope):
        content = decode(each.content) if isinstance(each.content, str | Template) else each.content
        containers = [one.content for item in content.items for one in item] if isinstance(content, Items) else []
        for container in containers:
            for image in container.entries.get("image", ()) if isinstance(container, Record) else ():
                if isinstance(image.content, str | Template):
                    folder = folder_of_image(str(image.content), evaluator.references.project.tree.paths())
                    if folder is not None:
                        yield folder


def _existing(evaluator: Evaluator, path: str) -> Iterator[str]:
    """A path if it is in the scan; of an archive that is not, the folder or file it is named after."""
    exists = evaluator.references.project.exists
    stem = posixpath.splitext(path)[0]
    candidates = (path,) if not path.endswith(".zip") else (path, stem, *(stem + suffix for suffix in SUFFIXES))
    yield from (candidate for candidate in candidates if exists(candidate))


def _referred(evaluator: Evaluator, expression: Expression, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    """The resources and data sources an expression refers to."""
    for inner in inner_expressions(expression):
        steps = _steps(inner)
        mode = "data" if steps[:1] == ["data"] else "resource"
        names = steps[1:] if mode == "data" else steps
        block = scope.instance.folder.resources.get((mode, names[0], names[1])) if len(names) > 1 else None
        if block is not None:
            for _, bound in evaluator.references.scopes(evaluator, block, scope.instance):
                yield block, bound


def _steps(expression: Expression) -> list[str]:
    """The names of a reference from its start; empty for any other expression."""
    steps: list[str] = []
    while isinstance(expression, GetAttr | Index):
        if isinstance(expression, GetAttr):
            steps.append(expression.name)
        expression = expression.target
    return [expression.name, *reversed(steps)] if isinstance(expression, Variable) else []


def _texts(evaluator: Evaluator, body: Body, name: str, scope: Scope) -> list[str]:
    attribute = body.attributes.get(name)
    value = evaluator.evaluate(attribute.expression, scope) if attribute is not None else ()
    return [each.content for each in value if isinstance(each.content, str)]
