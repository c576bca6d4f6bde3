"""Evaluates HCL expressions to what they may be, for one root in one configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.terraform import access, compare, functions
from routelint.parse.terraform.functions.arguments import LONGEST
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import (
    ELEMENT,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Invalid,
    Literal,
    ObjectNode,
    Splat,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TextTemplate,
    TupleNode,
    Unary,
    Variable,
)
from routelint.parse.terraform.references import References
from routelint.parse.terraform.values import (
    Called,
    Failure,
    Symbol,
    Thing,
    bind,
    entries,
    inside,
    rest_of,
    skipped,
    through,
    trimmed,
    united,
)
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    concatenate,
    known,
    text_of,
    unknown,
)

# Each nested evaluation takes about six Python frames of the thousand there are.
MOST_DEPTH = 90
# A root of 300 resources takes about 20,000 steps; the bound is deterministic where a clock would not be.
MOST_STEPS = 300_000
# A thousand roots of twenty resources take a million steps together. Beyond this much, each further root gets little.
MOST_STEPS_IN_ALL = 3_000_000
MOST_STEPS_LATE = 2_000
MOST_ITEMS = 256
MOST_NAMES = 16
# How much of a condition a note quotes.
QUOTED = 48


@dataclass(frozen=True)
class Configuration:
    """One way a root is applied: the environment's name, its variable values, the workspace.

    `name` is empty for the way nothing names. `symbols` are environment variables that nothing sets, by name.
    """

    name: str = ""
    workspace: str | Symbol = field(
        default_factory=lambda: Symbol("the workspace is chosen at run time", "${terraform.workspace}")
    )
    symbols: Mapping[str, str | Symbol] = field(default_factory=dict)


@dataclass
class Budget:
    """The steps given to the evaluation of one root, all its configurations together, and those taken."""

    steps: int = MOST_STEPS
    taken: int = 0

    @property
    def spent(self) -> bool:
        """Whether more was asked for than was given."""
        return self.taken > self.steps


class Evaluator:
    """The evaluation of one root in one configuration; values of locals and variables are kept by instance."""

    def __init__(self, references: References, configuration: Configuration, budget: Budget | None = None) -> None:
        self.references = references
        self.configuration = configuration
        self._budget = budget if budget is not None else Budget()
        # Functions beyond Terraform's own, by name.
        self.functions: Mapping[str, Callable[[Sequence[Possible], Scope], Possible]] = {}
        self.seen_names: dict[str, dict[str, None]] = {}
        self._depth = 0
        # Whether what is not made counts as not there: so it is for `try`. Elsewhere somebody may turn it on.
        self.is_strict = False

    def strictly(self, expression: Expression, scope: Scope) -> Possible:
        """What `expression` may be where an instance that is not made is a failure."""
        before, self.is_strict = self.is_strict, True
        try:
            return self.evaluate(expression, scope)
        finally:
            self.is_strict = before

    def evaluate(self, expression: Expression, scope: Scope) -> Possible:
        """What `expression` may be; never empty."""
        left = self.spend()
        if self._depth >= MOST_DEPTH:
            return unknown(f"the expression reaches deeper than {MOST_DEPTH} steps")
        if not left:
            return unknown(f"evaluating this root takes more than {self._budget.steps} steps")
        self._depth += 1
        try:
            return trimmed(self._evaluate(expression, scope))
        finally:
            self._depth -= 1

    def _evaluate(self, expression: Expression, scope: Scope) -> Possible:
        match expression:
            case Literal(_, value):
                return known(value)
            case TextTemplate():
                return self._template(expression, scope)
            case Variable(_, name):
                return self._name(name, scope)
            case GetAttr(_, target, name):
                root = self.references.root(self, expression, scope)
                if root is not None:
                    return root
                return self.attribute(self.evaluate(target, scope), name)
            case Index(_, target, key):
                return self.index(self.evaluate(target, scope), self.evaluate(key, scope))
            case Splat(_, target, item):
                return self._splat(self.evaluate(target, scope), item, scope)
            case Call():
                return functions.call(self, expression, scope)
            case Conditional():
                return self._conditional(expression, scope)
            case Binary(_, operator, left, right):
                return self._binary(operator, left, right, scope)
            case Unary(_, operator, operand):
                return combine([self.evaluate(operand, scope)], lambda contents: compare.negate(operator, contents[0]))
            case TupleNode(_, items):
                return known(Items(tuple(self._element(item, "list item", scope) for item in items)))
            case ObjectNode():
                return self._object(expression, scope)
            case For():
                return self._for(expression, scope)
            case Invalid(_, reason):
                return unknown(reason)

    def spend(self) -> bool:
        """Takes one step of the budget; false where none is left."""
        self._budget.taken += 1
        return not self._budget.spent

    def attribute(self, possible: Possible, name: str) -> Possible:
        """`.name` of every possibility."""
        return access.attribute(self, possible, name)

    def index(self, possible: Possible, key: Possible) -> Possible:
        """`[key]` of every possibility; where the key cannot be told, every item is possible."""
        return access.index(self, possible, key)

    def note_names(self, key: Content, names: Iterable[object]) -> None:
        """Remembers the names a symbol is held against: they are what environments the configuration knows."""
        if isinstance(key, Symbol) and not key.excluded:
            seen = self.seen_names.setdefault(key.name, {})
            for name in names:
                if isinstance(name, str) and name and len(seen) < MOST_NAMES:
                    seen[name] = None

    # -- expressions

    def _name(self, name: str, scope: Scope) -> Possible:
        if name in scope.names:
            return scope.names[name]
        return unknown(f"'{name}' is not a value", f"${{{name}}}")

    def _element(self, expression: Expression, note: str, scope: Scope) -> Possible:
        value = self.evaluate(expression, scope)
        if isinstance(expression, Literal | TextTemplate):
            return through(value, Hop(expression.place.location(), note))
        return value

    def _object(self, expression: ObjectNode, scope: Scope) -> Possible:
        pairs: dict[str, Possible] = {}
        rest: Hole | None = None
        for key, value in expression.items:
            for name in self.evaluate(key, scope):
                if isinstance(name.content, Hole):
                    rest = name.content
                elif not isinstance(name.content, Items | Record | Template):
                    pairs[text_of(name.content)] = self._element(value, f"entry '{text_of(name.content)}'", scope)
                elif isinstance(name.content, Template):
                    pairs[str(name.content)] = self._element(value, f"entry '{name.content}'", scope)
        return known(Record(pairs, rest))

    def _template(self, expression: TextTemplate, scope: Scope) -> Possible:
        parts = expression.parts
        if len(parts) == 1 and not isinstance(parts[0], str | TemplateIf | TemplateFor):
            return self.evaluate(parts[0], scope)
        values = [self._part(part, scope) for part in parts]
        telling = _telling(parts)

        def one(operands: tuple[Possibility, ...]) -> Possible:
            content = concatenate([operand.content for operand in operands])
            if isinstance(content, str) and len(content) > LONGEST:
                content = Hole(f"the text is longer than {LONGEST} characters")
            kept = operands[telling:]
            steps = [each.resolution for each in kept if each.resolution is not Resolution.LITERAL]
            trail = tuple(hop for each in kept for hop in each.trail)
            return (Possibility(content, trail, (), steps[-1] if steps else Resolution.LITERAL),)

        return bind(values, one)

    def _part(self, part: TemplatePart, scope: Scope) -> Possible:
        if isinstance(part, str):
            return known(part)
        if isinstance(part, TemplateIf):
            return self._branches(part.condition, part.then, part.otherwise, scope)
        if isinstance(part, TemplateFor):
            return self._repeated(part, scope)
        return self.evaluate(part, scope)

    def _repeated(self, part: TemplateFor, scope: Scope) -> Possible:
        def one(collection: tuple[Possibility, ...]) -> Possible:
            rest = rest_of(collection[0].content)
            if rest is not None:
                return known(rest)
            texts = []
            for number, (key, value) in enumerate(list(entries(collection[0]))[:MOST_ITEMS]):
                names = {part.value: value}
                if part.key is not None:
                    names[part.key] = known(key if key is not None else number)
                texts.append(self.evaluate(part.body, scope.with_names(names)))
            return combine(texts, concatenate)

        return bind([self.evaluate(part.collection, scope)], one)

    def _conditional(self, expression: Conditional, scope: Scope) -> Possible:
        return self._branches(expression.condition, expression.then, expression.otherwise, scope)

    def _branches(self, condition: Expression, then: Expression, otherwise: Expression, scope: Scope) -> Possible:
        def one(test: tuple[Possibility, ...]) -> Possible:
            truth = compare.truth(test[0].content)
            if truth is not None:
                because = self._because(condition, test[0])
                return _chosen(self.evaluate(then if truth else otherwise, scope), because)
            quoted = _source(condition)
            return united(
                [
                    through(self.evaluate(then, scope), Hop(then.place.location(), f"if {quoted}"), Resolution.CONDITIONAL),
                    through(
                        self.evaluate(otherwise, scope),
                        Hop(otherwise.place.location(), f"unless {quoted}"),
                        Resolution.CONDITIONAL,
                    ),
                ]
            )

        return bind([self.evaluate(condition, scope)], one)

    def _because(self, condition: Expression, test: Possibility) -> tuple[Hop, ...]:
        """Where a value that was tested for null or emptiness was left empty: why the other branch is taken."""
        match condition:
            case Binary(_, "==" | "!=", _, Literal(_, None | "")) | Binary(_, "==" | "!=", Literal(_, None | ""), _) if (
                test.trail
            ):
                empty = test.content is (condition.operator == "==")
                return skipped(test.trail) if empty else ()
        return ()

    def _binary(self, operator: str, left: Expression, right: Expression, scope: Scope) -> Possible:
        first = self.evaluate(left, scope)
        if operator in ("&&", "||"):
            decided = operator == "||"
            if all(compare.truth(each.content) is decided for each in first):
                return tuple(replace(each, content=decided) for each in first)
        second = self.evaluate(right, scope)
        if operator in ("==", "!="):
            for one, other in ((first, second), (second, first)):
                for each in one:
                    self.note_names(each.content, [inner.content for inner in other])
        return combine([first, second], lambda contents: compare.operate(operator, contents[0], contents[1]))

    def _splat(self, target: Possible, item: Expression, scope: Scope) -> Possible:
        def one(operand: tuple[Possibility, ...]) -> Possible:
            (possibility,) = operand
            match possibility.content:
                case Items(items, rest):
                    results = tuple(
                        self.evaluate(item, scope.with_names({ELEMENT: inside(possibility, each)}))
                        for each in items[:MOST_ITEMS]
                    )
                    return known(Items(results, rest))
                case None:
                    return known(Items(()))
                case Failure():
                    return (possibility,)
                case Thing() | Called():
                    made = self.references.repeated(self, possibility.content) if _is_made(scope) else None
                    if isinstance(made, Items):
                        return self._splat(known(made), item, scope)
                    every = self.references.instances(self, possibility.content)
                    return known(Items(tuple(self.evaluate(item, scope.with_names({ELEMENT: each})) for each in every)))
                case Hole() as hole:
                    return known(Items((), hole))
            return known(Items((self.evaluate(item, scope.with_names({ELEMENT: (possibility,)})),)))

        return bind([target], one)

    def _for(self, expression: For, scope: Scope) -> Possible:
        return bind([self.evaluate(expression.collection, scope)], lambda one: self._for_over(expression, one[0], scope))

    def _for_over(self, expression: For, collection: Possibility, scope: Scope) -> Possible:
        if isinstance(collection.content, Failure):
            return (collection,)
        if collection.content is None:
            return known(Failure("'for' runs over null"))
        members = list(entries(collection))
        rest = rest_of(collection.content)
        if isinstance(collection.content, Thing | Called):
            made = self.references.repeated(self, collection.content) if _is_made(scope) else None
            members = (
                list(entries(replace(collection, content=made)))
                if made is not None
                else self.references.members(self, collection.content)
            )
            rest = rest_of(made) if made is not None else None
        if len(members) > MOST_ITEMS:
            rest = Hole(f"more than {MOST_ITEMS} items")
        items: list[Possible] = []
        pairs: dict[str, Possible] = {}
        for number, (key, value) in enumerate(members[:MOST_ITEMS]):
            names = {expression.value: value}
            if expression.key is not None:
                names[expression.key] = known(key if key is not None else number)
            inner = scope.with_names(names)
            kept = self._kept(expression.condition, inner)
            if kept is False:
                continue
            result = self._element(expression.result, "list item", inner)
            if expression.result_key is None:
                items.append(result)
                continue
            for name in self.evaluate(expression.result_key, inner):
                if isinstance(name.content, Hole):
                    rest = name.content
                    continue
                text = str(name.content) if isinstance(name.content, Template) else _key_text(name.content)
                if expression.grouped:
                    pairs[text] = _appended(pairs.get(text), result)
                else:
                    pairs[text] = united([pairs[text], result]) if kept is None and text in pairs else result
        return known(Items(tuple(items), rest) if expression.result_key is None else Record(pairs, rest))

    def _kept(self, condition: Expression | None, scope: Scope) -> bool | None:
        """Whether a `for` keeps the element; None where that cannot be told."""
        if condition is None:
            return True
        truths = {compare.truth(each.content) for each in self.evaluate(condition, scope)}
        return truths.pop() if len(truths) == 1 else None


def _is_made(scope: Scope) -> bool:
    """Whether the configuration makes what an expression stands in; what it leaves out is shown as if it were on."""
    return scope.alive and scope.instance.alive


def _key_text(content: Content) -> str:
    return "" if isinstance(content, Items | Record | Hole | Template) else text_of(content)


def _appended(group: Possible | None, item: Possible) -> Possible:
    if group and isinstance(group[0].content, Items):
        return known(Items((*group[0].content.items, item)))
    return known(Items((item,)))


def _telling(parts: Sequence[TemplatePart]) -> int:
    """The first part whose trail matters: in an ARN the one after the resource type, for a region tells no model."""
    if not parts or not isinstance(parts[0], str) or not parts[0].startswith("arn:"):
        return 0
    return next((number for number, part in enumerate(parts) if isinstance(part, str) and "/" in part), 0)


def _chosen(possible: Possible, because: tuple[Hop, ...]) -> Possible:
    return tuple(
        replace(
            each,
            trail=(*because, *each.trail),
            resolution=Resolution.CONDITIONAL
            if each.resolution is Resolution.LITERAL and not _is_collection(each)
            else each.resolution,
        )
        for each in possible
    )


def _is_collection(possibility: Possibility) -> bool:
    return isinstance(possibility.content, Items | Record)


def _source(expression: Expression) -> str:
    data = getattr(expression.place.file, "data", b"")
    text = data[expression.place.start : expression.place.end].decode("utf-8", "replace") if data else "the condition holds"
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else text[: QUOTED - 3] + "..."
