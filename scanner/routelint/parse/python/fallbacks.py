"""Models that code names without a sink in sight: constants, defaults, options and entries of configuration dicts.

They are what somebody will be given who does not choose. What is no choice stays out: listings, prices, comparisons, log
messages, assertions, documentation, lookup keys.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint import model_id
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Kind, Location, ModelReference, Resolution, Span
from routelint.parse.python import arguments
from routelint.parse.python.children import children
from routelint.parse.python.grants import head_span
from routelint.parse.python.indexer import may_be_id
from routelint.parse.python.scopes import Scope, last_name
from routelint.parse.python.sinks import symbol_of
from routelint.parse.python.values import NOTHING
from routelint.parse.route import to_value
from routelint.possible import Possible, known

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# Words of a name that say its value is a model somebody uses.
_MODEL_NAME = lazy_regex(r"(?i)(model|llm|embed|fm_?id|rerank|judge)")
_MODEL_KEYS = lazy_regex(
    r"(?i)^(.*[_-])?(model|model_?id|model_?arn|model_?name|foundation_?model|modelidentifier|llm|deployment)$"
    r"|.*(_model|_model_id|ModelId|ModelArn|Model)$"
)
# Words of a name that say its value is a collection to pick from, or a price or a capability per model.
_LISTING_NAME = lazy_regex(
    r"(?i)(models|lists?$|candidates|menu|catalog|supported|available|allowed|valid|known|options|choices|pric|cost|limit|mapping|_map$|names|labels|"
    r"profiles|ids$|registry|alias|deprecated|legacy|display)"
)
# Calls whose text arguments are for people to read, for a test to compare, or to be put into another text.
_SILENT_CALLS = lazy_regex(
    r"^(format|print|pprint|debug|info|warning|warn|error|exception|critical|log|write|echo|secho|startswith|endswith|replace|split|"
    r"assert\w*|raises|parametrize|skip\w*|compile|match|search|fullmatch|sub|title|header|subheader|markdown|caption|"
    r"selectbox|radio|multiselect|append|add|index|count|isin|Literal|deprecated|display|Markdown|HTML|"
    # What is noted for a trace, an experiment or a metric has been chosen elsewhere.
    r"log_(param|params|metric|metrics|dict|text|inputs)|set_(tag|tags|attribute|attributes)|put_(annotation|metadata)|"
    r"(start|update)_(as_)?(current_)?(span|trace|generation|observation)|start_run)$"
)
_SILENT_KEYWORDS = frozenset(
    ["help", "description", "examples", "example", "choices", "title", "message", "text", "prompt", "label", "options", "doc",
     "reason", "epilog", "usage", "json_schema_extra", "placeholder", "metavar", "match", "values"]
)  # fmt: skip
# Distinct models in one collection, class or function that make it a listing.
LISTING = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """A text that names a model, and the nodes around it, innermost first."""

    node: ast.Constant
    text: str
    around: tuple[ast.AST, ...]
    statement: ast.stmt
    scope: Scope


class Fallbacks:
    """Finds what is left when the sinks have been followed."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._knows = evaluator.context.knows

    def has_any(self, module: Module) -> bool:
        """Whether a text of a module names a model at all, so that it may be a default."""
        return next(self._spots(module), None) is not None

    def of_module(self, module: Module, seen: Sequence[Span]) -> Iterator[ModelReference]:
        """The defaults of a module, in order; `seen` are the places that routes and their trails have told already."""
        spots = list(self._spots(module))
        for spot in spots:
            span = module.span(spot.node)
            # A trail that comes by a whole collection comes by the one item it takes too, and says nothing of the others.
            whole = {module.span(node) for node in spot.around if isinstance(node, ast.List | ast.Tuple | ast.Dict)}
            if any(within(span, each) and each not in whole for each in seen):
                continue
            name = self._name(spot, spots)
            if name is None:
                continue
            value = to_value(known(spot.text, Resolution.LITERAL))
            if value is None:
                continue
            location = Location(module.path, span, f"{symbol_of(spot.scope)}/{name}")
            head = head_span(spot.scope, spot.statement, spot.node)
            yield ModelReference(location, "python", Kind.DEFAULT, name, value, head)

    def _spots(self, module: Module) -> Iterator[_Spot]:
        if module.is_test or module.path.endswith(".pyi"):
            return
        for statement, place in module.places.items():
            if statement not in module.dotted_texts:
                continue
            if isinstance(statement, ast.Assert | ast.Raise | ast.Import | ast.ImportFrom):
                continue
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.JoinedStr):
                continue
            work: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(statement, ())]
            while work:
                node, around = work.pop()
                if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and node is not statement:
                    continue
                if isinstance(node, ast.Constant):
                    text = node.value
                    if isinstance(text, str) and may_be_id(text) and self._is_model(text):
                        yield _Spot(node, text, around, statement, place.scope)
                    continue
                if len(around) < 24:
                    inside = (node, *around)
                    work.extend([(child, inside) for child in children(node)])

    def _is_model(self, text: str) -> bool:
        read = model_id.read(text)
        return read is not None and not read.is_pattern and "*" not in text and self._knows(text)

    # Whether it is a choice --------------------------------------------------------------------------------------

    def _name(self, spot: _Spot, spots: Sequence[_Spot]) -> str | None:
        """What the text is the value of, where that is a choice; None where it is not."""
        inner: ast.AST = spot.node
        label: str | None = None
        for node in spot.around:
            match node:
                case ast.Compare() | ast.JoinedStr() | ast.Subscript() | ast.Set():
                    return None
                case ast.Dict(keys=keys, values=values):
                    if any(key is inner for key in keys):
                        return None
                    key = next((key for key, value in zip(keys, values, strict=True) if value is inner), None)
                    name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
                    if self._is_listing(node, spots, name, inside=label is not None):
                        return None
                    label = label or name
                case ast.List() | ast.Tuple():
                    if not self._is_single_list(spot, node, spots):
                        return None
                case ast.keyword(arg=name):
                    if name in _SILENT_KEYWORDS:
                        return None
                    label = label or name
                case ast.Call(func=func):
                    called = last_name(func) or ""
                    if _SILENT_CALLS.match(called):
                        return None
                    if label is None and any(argument is inner for argument in node.args):
                        label = self._positional(spot, node, inner, called)
                        if label is None:
                            return None
                    elif label is not None and "." not in label and called:
                        label = f"{called}.{label}"
                case ast.stmt():
                    return self._of_statement(spot, node, inner, label, spots)
            inner = node
        return None

    def _positional(self, spot: _Spot, call: ast.Call, argument: ast.AST, called: str) -> str | None:
        """The name for a positional argument: the variable read, for an environment default, else the callable."""
        first = call.args[0]
        if called in ("getenv", "get", "pop", "setdefault", "config", "str") and first is not argument:
            if isinstance(first, ast.Constant) and self._is_set(spot, str(first.value)):
                return None
            return str(first.value) if isinstance(first, ast.Constant) else called
        if called in ("Field", "Option", "Argument", "Query", "Body", "field"):
            return called
        return f"{called}.{call.args.index(argument)}" if isinstance(argument, ast.expr) and called else None

    def _is_set(self, spot: _Spot, name: str) -> bool:
        """Whether infrastructure sets an environment variable for the module, which leaves the default in the code dead."""
        return bool(self._evaluator.context.settings.lookup(spot.scope.module.path, name))

    def _is_filled(self, spot: _Spot, name: str) -> bool:
        """Whether infrastructure sets the variable that fills a field of a settings class, so that its default is dead."""
        scope = spot.scope
        if not scope.is_class or self._evaluator.objects.kind(scope) != "settings":
            return False
        fields = self._evaluator.fields
        return name in fields.of(scope) and any(self._is_set(spot, each) for each in fields.variables(scope, name))

    def _is_listing(self, node: ast.Dict, spots: Sequence[_Spot], name: str | None, *, inside: bool) -> bool:
        """Whether a dict is a listing of models: several of them under keys that are not the names of settings.

        `inside` says that a setting further in has been named already: then this is a dict of sections.
        """
        if name is not None and _MODEL_KEYS.match(name):
            return False
        models = {each.text for each in spots if node in each.around}
        if inside:
            return len(models) >= LISTING
        return len(models) > 1 or name is None or not _MODEL_NAME.search(name)

    def _is_single_list(self, spot: _Spot, node: ast.List | ast.Tuple, spots: Sequence[_Spot]) -> bool:
        """Whether a list is what one choice is written as, not a listing."""
        if not isinstance(spot.statement, ast.Assign) or len(spot.statement.targets) != 1:
            return len({each.text for each in spots if node in each.around}) < 2
        if isinstance(spot.statement.value, ast.Tuple) and spot.statement.value is node:
            return True
        named = last_name(spot.statement.targets[0]) or ""
        models = {each.text for each in spots if node in each.around}
        directly = any(part is spot.node for part in node.elts)
        return len(models) < 2 or (directly and bool(_MODEL_NAME.search(named)) and not _LISTING_NAME.search(named))

    def _of_statement(
        self, spot: _Spot, statement: ast.AST, inner: ast.AST, label: str | None, spots: Sequence[_Spot]
    ) -> str | None:
        match statement:
            case ast.Assign(targets=[target, *_]) | ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                if isinstance(statement, ast.AnnAssign) and inner is statement.annotation:
                    return None
                name = last_name(target) or _subscript_name(target)
                if name is None:
                    return label
                if isinstance(statement, ast.AnnAssign) and self._is_filled(spot, name):
                    return None
                if _LISTING_NAME.search(name) and not _MODEL_KEYS.match(name):
                    return label if label is not None and "." in label else None
                if inner is spot.node and self._is_member_of_listing(spot, spots) and "default" not in name.lower():
                    return None
                return label or name
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._parameter(spot, statement, inner, label)
            case ast.Return():
                function = spot.scope.name
                returned = {each.text for each in spots if each.scope is spot.scope and isinstance(each.statement, ast.Return)}
                return None if len(returned) >= LISTING else label or f"{function}()"
            case ast.Expr():
                return label
            case ast.ClassDef():
                return label
        return label

    def _is_member_of_listing(self, spot: _Spot, spots: Sequence[_Spot]) -> bool:
        """Whether a class or module assigns so many models one after the other that they are constants to pick from."""
        if not (spot.scope.is_class or spot.scope.is_module):
            return False
        peers = {
            each.text
            for each in spots
            if each.scope is spot.scope and isinstance(each.statement, ast.Assign | ast.AnnAssign) and len(each.around) == 1
        }
        target = spot.statement.targets[0] if isinstance(spot.statement, ast.Assign) else None
        named = last_name(target) if target is not None else None
        if named is not None and _MODEL_KEYS.match(named) and not spot.scope.is_class:
            return False
        return (len(peers) >= LISTING and spot.scope.is_class) or len(peers) > LISTING

    def _parameter(
        self, spot: _Spot, node: ast.FunctionDef | ast.AsyncFunctionDef, inner: ast.AST, label: str | None
    ) -> str | None:
        """The parameter whose default holds the text."""
        if not isinstance(inner, ast.arguments):
            return label
        for name, default in spot.scope.module.scopes[node].defaults.items():
            if default is spot.node or default in spot.around:
                scope = spot.scope.module.scopes[node]
                return None if self._is_always_passed(scope, name) else f"{node.name}.{name}"
        return None

    def _is_always_passed(self, scope: Scope, name: str) -> bool:
        """Whether every call of a function in the repository passes a parameter: then its default is dead."""
        skip = 1 if scope.owner is not None and not scope.decorated("staticmethod") else 0
        passed: list[bool] = []

        def look() -> Possible:
            for call in self._evaluator.callers.of(scope):
                bound = arguments.bind(self._evaluator, scope, call, skip)
                passed.append(name in bound.arguments or bound.rest is not None)
            return NOTHING

        self._evaluator.answer(look)
        return bool(passed) and all(passed)


def _subscript_name(target: ast.AST) -> str | None:
    match target:
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return None


def within(span: Span, other: Span) -> bool:
    """Whether a place lies in another."""
    start, end = (span.start_line, span.start_column), (span.end_line, span.end_column)
    return (other.start_line, other.start_column) <= start and end <= (other.end_line, other.end_column)
