"""YAML, JSON and TOML that code loads: from a file of the repository, or from a text in the code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from routelint.parse.python import configuration, paths
from routelint.parse.python.scopes import shown
from routelint.parse.python.values import Made, Site, join
from routelint.possible import Hole, Items, Possibility, Possible, Record, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

Followed = Callable[["Evaluator", ast.Call, Site], Possible | None]
"""What a call of an outside function gives; None where it is not followed after all."""


def loaded_file(kind: str) -> Followed:
    """The function that stands for a loader of a format: `json.load`, `yaml.safe_load`."""

    def load(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
        if not node.args:
            return unknown(f"'{shown(node)}' loads nothing")
        return join([_document(evaluator, each, kind, site) for each in evaluator.expression(node.args[0], site)])

    return load


def _document(evaluator: Evaluator, each: Possibility, kind: str, site: Site) -> Possible:
    importer = site.scope.module.path
    match each.content:
        case Made(call=ast.Call() as opened, site=Site() as where) if opened.args or isinstance(opened.func, ast.Attribute):
            target = opened.args[0] if opened.args and not _is_path_method(opened) else None
            if target is None:
                assert isinstance(opened.func, ast.Attribute)
                target = opened.func.value
            untold = unknown(f"the file that '{shown(opened)}' reads cannot be told")
            alternatives = []
            for path in evaluator.expression(target, where):
                text = paths.text_of(path.content)
                if text is None:
                    alternatives.append(untold)
                    continue
                found = configuration.find(evaluator.program.tree, text, where.scope.module.path)
                content = configuration.text(evaluator.program.tree, found) if found is not None else None
                if found is None or content is None:
                    alternatives.append(unknown(f"the file '{text.rpartition('/')[2]}' is not among the scanned files"))
                else:
                    name = found if found.endswith((".yaml", ".yml", ".json", ".toml")) else f"{found}.{kind}"
                    document = configuration.load(name, content) if name == found else configuration.load(found, content)
                    alternatives.append(document)
            # A file that is only read where an option is given has no name by default, and is read all the same.
            return join(alternatives) or untold
        case str(text) if len(text) < configuration.MOST_BYTES:
            loaded = configuration.load(importer + ("" if kind != "toml" else ".toml"), text)
            return _without_places(loaded) or unknown("a text that is parsed")
        case Hole():
            return (each,)
    return unknown("what is loaded from a text is not followed")


def _without_places(value: Possible) -> Possible:
    """A document read from a text in the code: its lines are not those of a file."""
    cleaned = []
    for each in value:
        match each.content:
            case Record(entries, rest):
                content = Record({key: _without_places(inner) for key, inner in entries.items()}, rest)
                cleaned.append(Possibility(content))
            case Items(items, rest):
                cleaned.append(Possibility(Items(tuple(_without_places(inner) for inner in items), rest)))
            case other:
                cleaned.append(Possibility(other))
    return tuple(cleaned)


def _is_path_method(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("open", "read_text", "read_bytes")
