"""IAM policy statements of Python programs: `PolicyStatement(...)` of the CDK, policy documents as dicts, and as JSON texts."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Location, PolicyStatement, Span
from routelint.parse import statements
from routelint.parse.python.grants import own_expressions
from routelint.parse.python.sinks import Sink, statement_span, symbol_of
from routelint.parse.python.values import Site, Symbol
from routelint.parse.stated import MOST_TEXT, texts
from routelint.parse.statements import Draft
from routelint.possible import Content, Items, Possible, Record, known

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

LANGUAGE = "python"
MOST_NESTED = 8
_MANAGED_CALLS = frozenset(("from_aws_managed_policy_name",))


class Statements:
    """Finds the policy statements of modules."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def of_sink(self, sink: Sink) -> Iterator[PolicyStatement]:
        """The statement that a call makes."""
        call, site = sink.place.call, sink.site
        named = {each.arg: each.value for each in call.keywords if each.arg is not None and statements.element(each.arg)}
        if self._may_be_of_bedrock(named, site):
            yield from self._made(self._read(named, site), call, named, site, statement_span(sink.place))

    def of_module(self, module: Module) -> Iterator[PolicyStatement]:
        """The statements of policy documents written as dicts or as JSON texts, and policies of AWS given by name."""
        if "Effect" not in module.text and not any(name in module.text for name in _MANAGED_CALLS):
            return
        managed = {place.statement for name in _MANAGED_CALLS for place in module.calls_by_name.get(name, ())}
        for statement, place in module.places.items():
            if statement not in module.braced and statement not in managed:
                continue
            site = self._evaluator.site(statement, self._evaluator.frame(place.scope))
            for node in own_expressions(statement):
                match node:
                    case ast.Dict():
                        yield from self._dict(node, site)
                    case ast.Constant(value=str(text)) if text.lstrip().startswith("{") and len(text) <= MOST_TEXT:
                        yield from self._json(node, text, site)
                    case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str(policy)), *_]):
                        draft = statements.managed(policy) if name in _MANAGED_CALLS else None
                        if draft is not None:
                            yield from self._made(draft, node, {}, site, module.span(node))

    def _dict(self, node: ast.Dict, site: Site) -> Iterator[PolicyStatement]:
        named = {
            key.value: value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and statements.element(key.value)
        }
        if "Effect" in named and ("Action" in named or "NotAction" in named) and self._may_be_of_bedrock(named, site):
            yield from self._made(self._read(named, site), node, named, site, site.scope.module.span(node))

    def _json(self, node: ast.Constant, text: str, site: Site) -> Iterator[PolicyStatement]:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        listed = document.get("Statement") if isinstance(document, dict) else None
        for each in listed if isinstance(listed, list) else [listed]:
            if isinstance(each, dict) and "Effect" in each:
                fields = {str(key): _plain(value, 0) for key, value in each.items() if statements.element(str(key))}
                yield from self._made(statements.read(fields), node, {}, site, site.scope.module.span(node))

    def _may_be_of_bedrock(self, named: Mapping[str, ast.expr], site: Site) -> bool:
        """Whether the actions of a statement may be Bedrock's: where they are another service's, nothing else is asked for."""
        return any(statements.element(name) == "not_actions" for name in named) or any(
            isinstance(action, str) and statements.may_be_bedrock(action)
            for name, node in named.items()
            if statements.element(name) == "actions"
            for action in texts(_named(self._evaluator.ask(node, site)))
        )

    def _read(self, named: Mapping[str, ast.expr], site: Site) -> Draft:
        return statements.read({name: _named(self._evaluator.ask(node, site)) for name, node in named.items()})

    def _made(
        self, draft: Draft, node: ast.expr, named: Mapping[str, ast.expr], site: Site, whole: Span
    ) -> Iterator[PolicyStatement]:
        if not draft.speaks_of_bedrock:
            return
        listed = next(
            (value for key, value in named.items() if statements.element(key) in ("resources", "not_resources")), node
        )
        module = site.scope.module
        symbol = symbol_of(site.scope)
        yield PolicyStatement(
            Location(module.path, module.span(listed), f"{symbol}/statement"),
            LANGUAGE,
            whole,
            draft.effect,
            Location(module.path, symbol=symbol),
            draft.actions,
            draft.not_actions,
            draft.resources,
            draft.not_resources,
            draft.conditions,
        )


def _named(possible: Possible) -> Possible:
    """A value with what comes from outside by its name: `aws_cdk.aws_iam.Effect.DENY` ends in the effect."""
    return tuple(replace(each, content=each.content.path) if isinstance(each.content, Symbol) else each for each in possible)


def _plain(value: object, depth: int) -> Possible:
    content: Content
    match value:
        case _ if depth > MOST_NESTED:
            content = None
        case list():
            content = Items(tuple(_plain(each, depth + 1) for each in value))
        case dict():
            content = Record({str(key): _plain(each, depth + 1) for key, each in value.items()})
        case str() | bool() | int() | float() | None:
            content = value
        case _:
            content = str(value)
    return known(content)
