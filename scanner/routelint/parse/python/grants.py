"""Model ARNs that IAM policies allow: `PolicyStatement(...)` of the CDK, policy documents as dicts, and as JSON in strings."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Hop, Kind, Location, ModelReference, Span
from routelint.parse.python import carriers
from routelint.parse.python.children import children
from routelint.parse.python.scopes import CallPlace, Scope, shown
from routelint.parse.python.sinks import Sink, statement_span, symbol_of
from routelint.parse.python.values import Site, is_special, join
from routelint.parse.route import to_value
from routelint.possible import Content, Items, Possible, Record, Template, known, via

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# Actions that let a principal invoke models.
_INVOKES = lazy_regex(r"(?i)(bedrock(-mantle)?:(\*|invoke|converse|createinference|in?v?o?k?e?\*)|\*$)")
_BEDROCK = lazy_regex(r"(?i)bedrock(-mantle)?:")
MOST_TEXT = 100_000


class Grants:
    """Finds the grants of modules."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._told: set[ast.expr] = set()

    def of_sink(self, sink: Sink) -> list[ModelReference]:
        """The grants of a call that makes a policy statement."""
        call, site = sink.place.call, sink.site
        row = sink.rows[0]
        actions = [place.value for place in carriers.carried(self._evaluator, replace(row, carrier="actions[]"), call, site)]
        effects = carriers.carried(self._evaluator, replace(row, carrier="effect", position=None), call, site)
        if any("DENY" in getattr(each.content, "path", "") or each.content == "Deny" for one in effects for each in one.value):
            return []
        found = []
        for place in carriers.carried(self._evaluator, row, call, site):
            for node, value, inner, span in self._items(place, statement_span(sink.place)):
                # A list that several statements share is told once.
                if node not in self._told:
                    reference = self._reference(node, value, join(actions), inner, span, f"{row.symbol}.{row.carrier}")
                    if reference is not None:
                        self._told.add(node)
                        found.append(reference)
        return found

    def _items(self, place: carriers.Carried, statement: Span) -> Iterator[tuple[ast.expr, Possible, Site, Span]]:
        """What fills a carrier, each with its place and statement: the items of a list where they are written, if it is one."""
        listed = self._listed(place.node, place.site)
        if listed is None:
            yield place.node, place.value, place.site, statement
            return
        assigned, items = listed
        site = replace(place.site, statement=assigned)
        hop = Hop(site.scope.module.location(place.node), f"{shown(place.node)} used here")
        for item in items:
            yield item, via(self._evaluator.ask(item, site), hop), site, head_span(site.scope, assigned, item)

    def _listed(self, node: ast.expr, site: Site) -> tuple[ast.stmt, list[ast.expr]] | None:
        """The list that a name stands for where one statement of the same block alone says what is in it, and its items."""
        if not isinstance(node, ast.Name) or node.id in site.local or site.scope.is_class:
            return None
        block = site.scope.block
        touching = site.scope.module.index_of(block).touching(node.id, site.scope)
        if len(touching) != 1:
            return None
        match block[touching[0]]:
            case ast.Assign(targets=[ast.Name()], value=ast.List(elts=items)) as statement:
                pass
            case ast.AnnAssign(target=ast.Name(), value=ast.List(elts=items)) as statement:
                pass
            case _:
                return None
        return None if any(isinstance(item, ast.Starred) for item in items) else (statement, items)

    def of_module(self, module: Module) -> Iterator[ModelReference]:
        """The grants of policy documents written as dicts or as JSON texts."""
        if "bedrock:" not in module.text.lower():
            return
        for statement, place in module.places.items():
            if statement not in module.braced:
                continue
            site = self._evaluator.site(statement, self._evaluator.frame(place.scope))
            for node in own_expressions(statement):
                match node:
                    case ast.Dict():
                        yield from self._dict(node, site, statement)
                    case ast.Constant(value=str(text)) if text.lstrip().startswith("{") and len(text) <= MOST_TEXT:
                        yield from self._json(node, text, site, statement)

    def _dict(self, node: ast.Dict, site: Site, statement: ast.stmt) -> Iterator[ModelReference]:
        fields = {key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)}
        if "Action" not in fields or "Resource" not in fields:
            return
        effect = fields.get("Effect")
        if isinstance(effect, ast.Constant) and effect.value != "Allow":
            return
        actions = self._evaluator.ask(fields["Action"], site)
        if not any(_BEDROCK.match(text) for text in _texts(actions)):
            return
        resource = fields["Resource"]
        nodes = resource.elts if isinstance(resource, ast.List | ast.Tuple) else [resource]
        for each in nodes:
            value = self._evaluator.ask(each, site)
            reference = self._reference(
                each, value, actions, site, head_span(site.scope, statement, each), "iam.Statement.Resource"
            )
            if reference is not None:
                yield reference

    def _json(self, node: ast.Constant, text: str, site: Site, statement: ast.stmt) -> Iterator[ModelReference]:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        statements = document.get("Statement") if isinstance(document, dict) else None
        for each in statements if isinstance(statements, list) else [statements]:
            if not isinstance(each, dict) or each.get("Effect", "Allow") != "Allow":
                continue
            actions = known(Items(tuple(known(str(action)) for action in _as_list(each.get("Action")))))
            for resource in _as_list(each.get("Resource")):
                reference = self._reference(
                    node, known(str(resource)), actions, site, head_span(site.scope, statement, node), "iam.Statement.Resource"
                )
                if reference is not None:
                    yield reference

    def _reference(
        self, node: ast.expr, value: Possible, actions: Possible, site: Site, statement: Span, sink: str
    ) -> ModelReference | None:
        texts = list(_texts(actions))
        if not any(_BEDROCK.match(text) or text == "*" for text in texts):
            return None
        invokes = any(_INVOKES.match(text) for text in texts)
        granted = tuple(each for each in _flat(value) if _is_model(each.content, invokes))
        told = to_value(granted) if granted else None
        if told is None:
            return None
        module = site.scope.module
        symbol = f"{symbol_of(site.scope)}/{sink.rpartition('.')[2].strip('[]') or 'resource'}"
        location = Location(module.path, module.span(node), symbol)
        return ModelReference(location, "python", Kind.GRANT, sink, told, statement)


def _flat(value: Possible) -> Possible:
    """The items of lists as possibilities of their own."""
    flat: list[Possible] = []
    for each in value:
        if isinstance(each.content, Items):
            flat.extend(each.content.items)
        else:
            flat.append((each,))
    return join(flat)


def _is_model(content: Content, invokes: bool) -> bool:
    """Whether an allowed resource is a model, or may be one."""
    match content:
        case str(text):
            return model_id.is_model_resource(text) or (text == "*" and invokes)
        case Template() as template:
            return model_id.is_model_resource(str(template))
        case Record() | Items():
            return False
    # An ARN of an object that is made elsewhere is seldom a model's; a plain gap under an invoking action may be.
    return invokes and not is_special(content) and content is not None and not isinstance(content, bool | int | float)


def _texts(value: Possible) -> Iterator[str]:
    for each in _flat(value):
        if isinstance(each.content, str):
            yield each.content


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, without those of the statements inside it."""
    work: list[ast.AST] = [statement]
    while work:
        node = work.pop()
        if node is not statement and isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        yield node
        work.extend(reversed(children(node)))


def head_span(scope: Scope, statement: ast.stmt, node: ast.expr) -> Span:
    """The statement an expression stands in; of a compound statement only its head."""
    place = CallPlace(ast.copy_location(ast.Call(node, [], []), node), statement, scope)
    return statement_span(place)
