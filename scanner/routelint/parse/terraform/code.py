"""Which code of the scanned tree a function, container or runtime runs, as far as the configuration says it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from routelint.parse.terraform import sections
from routelint.parse.terraform.functions.documents import tree_path
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Block, Expression, GetAttr, Index, Variable

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# Attributes that name code directly, and those of an archive that is made of it.
_CODE = ("filename", "source_dir", "source_path", "image_uri")
_ARCHIVE = ("source_dir", "source_file", "source.filename")


def paths(evaluator: Evaluator, block: Block, scope: Scope) -> tuple[str, ...]:
    """Repository-relative files and folders of the code that a resource runs; empty where that cannot be told."""
    found: dict[str, None] = {}
    for name in _CODE:
        attribute = block.body.attributes.get(name)
        if attribute is None:
            continue
        for archive, bound in _archives(evaluator, attribute.expression, scope):
            for source in _ARCHIVE:
                for path in _paths_at(evaluator, archive, source, bound):
                    found[path] = None
        for path in _paths_at(evaluator, block, name, scope):
            found[path] = None
    handler = block.body.attributes.get("handler")
    if handler is None:
        return tuple(found)
    files = [text for each in evaluator.evaluate(handler.expression, scope) if isinstance(text := each.content, str)]
    return tuple(dict.fromkeys(_with_handler(evaluator, path, files) for path in found))


def _archives(evaluator: Evaluator, expression: Expression, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    """The `archive_file` that an expression such as `data.archive_file.x.output_path` takes its file from."""
    steps: list[str] = []
    while isinstance(expression, GetAttr | Index):
        if isinstance(expression, GetAttr):
            steps.append(expression.name)
        expression = expression.target
    if not isinstance(expression, Variable):
        return
    steps = [expression.name, *reversed(steps)]
    mode = "data" if steps[0] == "data" else "resource"
    names = steps[1:] if mode == "data" else steps
    if len(names) < 2:
        return
    block = scope.instance.folder.resources.get((mode, names[0], names[1]))
    if block is not None and "archive" in names[0]:
        for _, bound in evaluator.references.scopes(evaluator, block, scope.instance):
            yield block, bound


def _paths_at(evaluator: Evaluator, block: Block, name: str, scope: Scope) -> Iterator[str]:
    for leaf in sections.leaves(evaluator, block.body, name, scope):
        for each in leaf.value:
            path = tree_path(each.content, scope.instance.root)
            if path is not None and evaluator.references.project.exists(path):
                yield path


def _with_handler(evaluator: Evaluator, path: str, handlers: list[str]) -> str:
    """The file that a handler such as `app.main.handler` names below a folder, where there is one."""
    for handler in handlers:
        module = handler.rsplit(".", 1)[0].replace(".", "/")
        for suffix in (".py", ".js", ".mjs", ".ts"):
            file = posixpath.join(path, module + suffix)
            if evaluator.references.project.exists(file):
                return path
    return path
