"""IAM: what a statement lets its holder invoke, one route per Bedrock resource it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Kind, ModelReference
from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, function, span, text_at
from routelint.parse.cloudformation.routes import reference
from routelint.parse.cloudformation.stack import Stack
from routelint.parse.cloudformation.template import Declared
from routelint.parse.cloudformation.walk import everything
from routelint.parse.route import to_value
from routelint.possible import Hole, Possibility, Possible
from routelint.possible import Template as PartText

_HOLE = lazy_regex(r"\$\{[^}]*\}")
# What an action must allow to let its holder invoke a model.
_INVOCATIONS = ("bedrock:invokemodel", "bedrock:invokemodelwithresponsestream", "bedrock:converse")
# How actions start that only look at models, label or delete: who may do no more than that may use none.
_READING = ("bedrock:get", "bedrock:list", "bedrock:tag", "bedrock:untag", "bedrock:delete")


def of(stack: Stack, declared: Declared) -> Iterator[ModelReference]:
    """The grants in the statements anywhere inside a resource."""
    if declared.properties is None:
        return
    evaluators = cases.live(stack.evaluators, declared)
    seen: set[int] = set()
    for evaluator in evaluators:
        for leaf in everything(declared.properties, evaluator):
            if isinstance(leaf.node, Mapping) and id(leaf.node) not in seen and _is_statement(leaf.node):
                seen.add(id(leaf.node))
                yield from _statement(stack, declared, leaf.node, leaf.path)


def _is_statement(node: Mapping) -> bool:
    return "Effect" in node.entries and "Resource" in node.entries and ("Action" in node.entries or "NotAction" in node.entries)


def _statement(stack: Stack, declared: Declared, node: Mapping, path: tuple[str, ...]) -> Iterator[ModelReference]:
    if (text_at(node.get("Effect")) or "").lower() != "allow":
        return
    resources = node.get("Resource")
    if resources is None:
        return
    evaluators = cases.live(stack.evaluators, declared)
    actions = _actions(stack, node.get("Action"), declared)
    sid = text_at(node.get("Sid"))
    carrier = ".".join((*path, "Resource"))
    symbol = f"{declared.symbol}/{'.'.join(path)}[{sid}].Resource" if sid else f"{declared.symbol}/{carrier}"
    found: dict[int, Node] = {}
    for evaluator in evaluators:
        for leaf in everything(resources, evaluator):
            if isinstance(leaf.node, Scalar) or function(leaf.node) is not None:
                found.setdefault(id(leaf.node), leaf.node)
    for each in found.values():
        possible = tuple(_granted(cases.spread(stack.evaluate(each, evaluators)), actions))
        value = to_value(possible, bedrock_only=False) if possible else None
        if value is None:
            continue
        route = reference(
            stack,
            declared,
            node=each,
            sink=f"{declared.type}.{carrier}",
            carrier=carrier,
            kind=Kind.GRANT,
            value=value,
            tags=None,
            evaluators=evaluators,
        )
        yield replace(route, location=replace(route.location, symbol=symbol), statement=span(node))


def _actions(stack: Stack, node: Node | None, declared: Declared) -> tuple[str, ...]:
    if node is None:
        return ()
    evaluators = cases.live(stack.base, declared)
    possible = cases.spread(evaluators[0].evaluate(node))
    return tuple(each.content.lower() for each in possible if isinstance(each.content, str))


def _granted(possible: Possible, actions: tuple[str, ...]) -> Iterator[Possibility]:
    """The possibilities that are Bedrock models, or that cannot be told where nothing but Bedrock models is invoked."""
    only = bool(actions) and all(action.startswith("bedrock:") for action in actions)
    if only and all(action.startswith(_READING) for action in actions):
        return
    invoking = any(
        action.startswith("bedrock:") and fnmatchcase(invocation, action) for action in actions for invocation in _INVOCATIONS
    )
    for each in possible:
        match each.content:
            case "*":
                if invoking:
                    yield each
            case Hole():
                if only and invoking:
                    yield each
            case str() | PartText():
                if _is_bedrock(str(each.content)) and model_id.read(str(each.content)) is not None:
                    yield each
            case _:
                continue


def _is_bedrock(text: str) -> bool:
    """Whether an ARN may be one of the service; what stands before its resource may be a hole."""
    if text.startswith("arn:"):
        parts = _HOLE.sub("${}", text).split(":", 3)
        return len(parts) > 2 and (parts[2] in ("bedrock", "*") or "${" in parts[2])
    return text.startswith("${") and ("foundation-model/" in text or "inference-profile/" in text)
