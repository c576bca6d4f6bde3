"""What objects of the CDK hold: template parameters, the app's context, identifiers of models."""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import configuration
from routelint.parse.python.scopes import argument_node, last_name
from routelint.parse.python.values import Made, Site, join, sole_text, step
from routelint.possible import Possible, Record, Template, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

_CONTEXT = ("try_get_context", "get_context")
# What a model of the CDK calls its own identifier.
_OWN = frozenset(
    (
        "as_arn",
        "as_i_model",
        "as_ifoundation_model",
        "inference_profile_arn",
        "inference_profile_id",
        "invokable_arn",
        "model_arn",
        "model_id",
        "to_string",
    )
)
METHODS = frozenset((*_CONTEXT, *(name for name in _OWN if name.startswith(("as_", "to_")))))
"""Methods that `method` may know."""


def method(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
    """What a method of an object of the CDK gives; None where it is none of them, or nothing is known of it."""
    if func.attr in _CONTEXT:
        return _context(evaluator, node, site) if last_name(func.value) == "node" else None
    receiver = evaluator.expression(func.value, site)
    return receiver if receiver and all(isinstance(each.content, str | Template) for each in receiver) else None


def is_own_identifier(name: str) -> bool:
    """Whether an attribute of a model is its identifier."""
    return name in _OWN


def made_attribute(evaluator: Evaluator, content: Made, name: str) -> Possible | None:
    """An attribute of an object that the CDK made; None where nothing is known of it.

    `CfnParameter(self, "ModelId", default=...).value_as_string` is the default: what a deployment passes is not in the scan.
    """
    is_parameter = content.path.endswith("CfnParameter()") and name.startswith("value")
    if not is_parameter or content.call is None or content.site is None:
        return None
    named = argument_node(content.call, 1, "id")
    told = sole_text(evaluator.expression(named, content.site)) if named is not None else None
    default = argument_node(content.call, None, "default")
    if default is None:
        return unknown(f"the parameter {told or '?'} has no default")
    hop = Hop(content.site.scope.module.location(default), f"parameter {told or '?'}, default")
    return step(evaluator.expression(default, content.site), hop, Resolution.PARAMETER_DEFAULT)


def _context(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """A value of the app's context as its `cdk.json` gives it; the command line may give another."""
    key_node = argument_node(node, 0, "key")
    keys = evaluator.expression(key_node, site) if key_node is not None else ()
    if not keys or not all(isinstance(each.content, str) for each in keys):
        return None
    tree = evaluator.program.tree
    path = configuration.find(tree, "cdk.json", site.scope.module.path)
    content = configuration.text(tree, path) if path is not None else None
    if path is None or content is None:
        return None
    entries: dict[str, Possible] = {}
    for document in configuration.load(posixpath.normpath(path), content):
        if isinstance(document.content, Record):
            for context in document.content.entries.get("context", ()):
                if isinstance(context.content, Record):
                    entries.update(context.content.entries)
    found = [entries[key] for each in keys if (key := str(each.content)) in entries]
    if len(found) == len(keys):
        return step(join(found), None, Resolution.PARAMETER_DEFAULT)
    return unknown(f"the context value '{keys[0].content}' is given on the command line")
