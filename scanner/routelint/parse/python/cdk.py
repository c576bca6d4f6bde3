"""What objects of the CDK hold: template parameters, the app's context, identifiers of models."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.python import configuration
from routelint.parse.python.scopes import argument_node, last_name
from routelint.parse.python.values import Made, Site, Symbol, join, sole_text, step
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, combine, concatenate, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.source import SourceTree

_CONTEXT = ("try_get_context", "get_context")
_PLACEHOLDER = lazy_regex(r"\$\{([^}]*)\}")
_STORED = ("value_for_string_parameter", "value_from_lookup", "value_for_typed_string_parameter")
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
METHODS = frozenset((*_CONTEXT, "format_arn", *(name for name in _OWN if name.startswith(("as_", "to_")))))
"""Methods that `method` may know."""


def method(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
    """What a method of an object of the CDK gives; None where it is none of them, or nothing is known of it."""
    if func.attr in _CONTEXT:
        return _context(evaluator, node, site) if last_name(func.value) == "node" else None
    if func.attr == "format_arn":
        return _arn(evaluator, node, site)
    receiver = evaluator.expression(func.value, site)
    return receiver if receiver and all(isinstance(each.content, str | Template) for each in receiver) else None


def call(evaluator: Evaluator, path: str, node: ast.Call, site: Site) -> Possible | None:
    """What a function of the CDK gives that puts texts together; None for any other."""
    owner, _, name = path.rpartition(".")
    if not owner.startswith("aws_cdk") or not node.args:
        return None
    if owner.endswith("Arn") and name == "format" and isinstance(node.args[0], ast.Call):
        return _arn(evaluator, node.args[0], site)
    if owner.endswith("StringParameter") and name in _STORED:
        named = argument_node(node, 1, "parameter_name")
        stored = sole_text(evaluator.expression(named, site)) if named is not None else None
        return unknown(f"the SSM parameter '{stored or '?'}' is read when the stack is deployed")
    if owner.endswith("Fn") and name == "sub":
        return join([_filled(each) for each in evaluator.expression(node.args[0], site)])
    if owner.endswith("Fn") and name == "join" and len(node.args) > 1:
        return _joined(evaluator, node, site)
    return None


def _arn(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`self.format_arn(service="bedrock", resource="foundation-model", resource_name=...)`: what is left out is the stack's."""
    service, resource = (argument_node(node, None, name) for name in ("service", "resource"))
    if service is None or resource is None:
        return None
    parts: list[Possible] = [known("arn:")]
    for name, own in (("partition", "partition"), ("service", None), ("region", "region"), ("account", "account")):
        given = argument_node(node, None, name)
        if given is not None:
            parts.append(evaluator.expression(given, site))
        else:
            parts.append(unknown(f"the {own} is that of the stack", f"${{{own}}}"))
        parts.append(known(":"))
    parts.append(evaluator.expression(resource, site))
    named = argument_node(node, None, "resource_name")
    if named is not None:
        parts += [known("/"), evaluator.expression(named, site)]
    return combine(parts, concatenate)


def _joined(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`Fn.join("", ["arn:aws:bedrock:", Aws.REGION, ...])`."""
    separator = sole_text(evaluator.expression(node.args[0], site))
    lists = [each.content for each in evaluator.expression(node.args[1], site)]
    if separator is None or len(lists) != 1 or not isinstance(lists[0], Items) or lists[0].rest is not None:
        return None
    parts: list[Possible] = []
    for number, item in enumerate(lists[0].items):
        parts += [known(separator), _plain(item)] if number and separator else [_plain(item)]
    return combine(parts, concatenate) if parts else None


def _filled(each: Possibility) -> Possible:
    """A text whose `${AWS::Region}` and the like are known to the deployment alone."""
    if not isinstance(each.content, str):
        return (each,)
    parts: list[str | Hole] = []
    for number, piece in enumerate(_PLACEHOLDER.split(each.content)):
        if number % 2:
            name = piece.rpartition("::")[2]
            parts.append(Hole(f"'{piece}' is known only when it is deployed", f"${{{name}}}"))
        elif piece:
            parts.append(piece)
    return (each.having(Template(tuple(parts))),) if len(parts) > 1 else (each,)


def _plain(value: Possible) -> Possible:
    """A value as a part of a text: what comes from outside as a hole, and what is written there as if it stood alone."""
    found = []
    for each in value:
        if isinstance(each.content, Symbol | Made):
            each = each.having(Hole(f"{each.content.path} is known only when it is deployed"))
        found.append(replace(each, trail=()) if each.resolution is Resolution.LITERAL else each)
    return tuple(found)


def is_own_identifier(name: str) -> bool:
    """Whether an attribute of a model is its identifier."""
    return name in _OWN


def made_attribute(evaluator: Evaluator, content: Made, name: str) -> Possible | None:
    """An attribute of an object that the CDK made; None where nothing is known of it.

    `CfnParameter(self, "ModelId", default=...).value_as_string` is the default: what a deployment passes is not in the scan.
    """
    if content.call is None or content.site is None or not content.path.startswith("aws_cdk"):
        return None
    if content.path.endswith("StringParameter()") and name == "string_value":
        stored = argument_node(content.call, None, "string_value")
        return evaluator.expression(stored, content.site) if stored is not None else None
    if not content.path.endswith("CfnParameter()") or not name.startswith("value"):
        return None
    named = argument_node(content.call, 1, "id")
    told = sole_text(evaluator.expression(named, content.site)) if named is not None else None
    default = argument_node(content.call, None, "default")
    if default is None:
        return unknown(f"the parameter {told or '?'} has no default")
    hop = Hop(content.site.scope.module.location(default), f"parameter {told or '?'}, default")
    return step(evaluator.expression(default, content.site), hop, Resolution.PARAMETER_DEFAULT)


def _context(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """A value of the app's context as its `cdk.json` gives it, else the file that keeps what was looked up.

    The command line may give another.
    """
    key_node = argument_node(node, 0, "key")
    keys = evaluator.expression(key_node, site) if key_node is not None else ()
    if not keys or not all(isinstance(each.content, str) for each in keys):
        return None
    tree = evaluator.program.tree
    path = configuration.find(tree, "cdk.json", site.scope.module.path)
    if path is None:
        return None
    kept = posixpath.join(posixpath.dirname(path), "cdk.context.json")
    entries = {**_entries(tree, kept), **_entries(tree, path, "context")}
    found = [entries[key] for each in keys if (key := str(each.content)) in entries]
    if len(found) == len(keys):
        return step(join(found), None, Resolution.PARAMETER_DEFAULT)
    return unknown(f"the context value '{keys[0].content}' is given on the command line")


def _entries(tree: SourceTree, path: str, *keys: str) -> dict[str, Possible]:
    """The entries of a JSON file, or of the mapping at keys in it; none where it is not there."""
    content = configuration.text(tree, path)
    found = list(configuration.load(posixpath.normpath(path), content)) if content is not None else []
    for key in keys:
        found = [one for each in found if isinstance(each.content, Record) for one in each.content.entries.get(key, ())]
    return {name: value for each in found if isinstance(each.content, Record) for name, value in each.content.entries.items()}
