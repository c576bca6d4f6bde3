"""Methods of texts, dicts, lists and paths that are followed."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.python import holding, lookups, paths
from routelint.parse.python.scopes import argument_node, shown
from routelint.parse.python.values import NOTHING, FilePath, Made, Site
from routelint.possible import Items, Possibility, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Methods that texts, dicts and lists have; anything else is asked of the object itself.
VALUE_METHODS = frozenset(
    [
        "format", "join", "lower", "upper", "strip", "lstrip", "rstrip", "replace", "split", "rsplit", "startswith", "endswith",
        "removeprefix", "removesuffix", "title", "capitalize", "partition", "rpartition", "encode", "decode", "casefold", "get",
        "copy", "items", "keys", "values", "pop", "setdefault", "index", "count", "model_dump", "dict", "union",
        "resolve", "absolute", "expanduser", "joinpath", "with_name", "with_suffix", "with_stem",
        "open", "read_text", "read_bytes", "as_posix", "read",
    ]
)  # fmt: skip


def collection_method(evaluator: Evaluator, each: Possibility, name: str, node: ast.Call, site: Site) -> Possible | None:
    """A method of a dict or list that gives a value; None where it is not followed."""
    assert isinstance(node.func, ast.Attribute)
    shown_base = shown(node.func.value)
    arguments = [evaluator.expression(argument, site) for argument in node.args]
    match name:
        case "get" | "pop" | "setdefault" if isinstance(each.content, Record) and arguments:
            default = arguments[1] if len(arguments) > 1 else None
            named = argument_node(node, None, "default")
            if named is not None:
                default = evaluator.expression(named, site)
            if default is None:
                default = known(None) if name == "get" else None
            return lookups.lookup(evaluator, (each,), arguments[0], node.func.value, site, default)
        case "pop" if isinstance(each.content, Items):
            return holding.every((each,), shown_base)
        case "copy" | "model_dump" | "dict":
            return (each,)
        case "values" if isinstance(each.content, Record):
            return (replace(each, content=Items(tuple(each.content.entries.values()), each.content.rest)),)
        case "keys" if isinstance(each.content, Record):
            return (replace(each, content=Items(tuple(known(key) for key in each.content.entries), each.content.rest)),)
        case "items" if isinstance(each.content, Record):
            pairs = tuple(known(Items((known(key), value))) for key, value in each.content.entries.items())
            return (replace(each, content=Items(pairs, each.content.rest)),)
    return None


def path_call(evaluator: Evaluator, content: FilePath, name: str, node: ast.Call, site: Site) -> Possible:
    """A method of a `pathlib.Path`."""
    match name:
        case "resolve" | "absolute" | "expanduser":
            return known(content)
        case "joinpath":
            return paths.joined(known(content), *[evaluator.expression(each, site) for each in node.args])
        case "with_name" | "with_suffix" | "with_stem":
            return paths.renamed(content, name, evaluator.expression(node.args[0], site) if node.args else NOTHING)
        case "open" | "read_text" | "read_bytes":
            return known(Made("an open file is not a text", path="pathlib.Path().open()", call=node, site=site))
        case "as_posix":
            return known(content.text)
    return unknown(f"'{shown(node)}' is not followed")
