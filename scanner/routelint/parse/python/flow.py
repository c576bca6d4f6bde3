"""What a name holds at a place: the assignments that reach it, found by walking backwards through the statements.

Nothing is run and nothing is evaluated before somebody asks. A statement that changes a list or dict (`d["x"] = ...`,
`d.update(...)`) takes the value from before it and changes that, so the order of statements is kept.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python import aliases, conditions, patterns
from routelint.parse.python.assignments import Assignments, Define, Effect, Entry, Update
from routelint.parse.python.loops import Loops
from routelint.parse.python.reaching import Reaching, leaves
from routelint.parse.python.scopes import Place, Scope, dotted, targets
from routelint.parse.python.values import NOTHING, Frame, Raised, Unset, join, step
from routelint.possible import Hole, Possible, Template, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


class Flow:
    """Answers what a dotted name holds just before a statement or at the end of a scope.

    The answer is None where no assignment in the scope reaches the place: then the name comes from further out, or the
    attribute from the object.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._assignments = Assignments(evaluator)
        self._loops = Loops(evaluator, self)
        self.reaching = Reaching()

    def before(self, key: str, statement: ast.stmt, frame: Frame) -> Possible | None:
        """The value just before a statement."""
        place = self._place(statement, frame)
        return self.upto(key, place.block, place.index, lambda: self._entry(key, place, frame), frame)

    def after(self, key: str, statement: ast.stmt, frame: Frame) -> Possible | None:
        """The value just after a statement."""
        place = self._place(statement, frame)
        return self.upto(key, place.block, place.index + 1, lambda: self._entry(key, place, frame), frame)

    def changes_in(self, key: str, scope: Scope, frame: Frame) -> bool:
        """Whether any statement of a scope may change what a dotted name holds."""
        return key in scope.stored or self.reaching.touched_in(key, scope.block, scope)

    def through(self, key: str, scope: Scope, frame: Frame, entry: Entry) -> Possible | None:
        """The value when the body of a scope has run, given the value before."""
        return self.upto(key, scope.block, len(scope.block), entry, frame)

    def at_end(self, key: str, scope: Scope, frame: Frame) -> Possible | None:
        """The value when the body of a scope has run."""
        return self.upto(key, scope.block, len(scope.block), lambda: None, frame)

    def _place(self, statement: ast.stmt, frame: Frame) -> Place:
        return frame.scope.module.places[statement]

    def upto(self, key: str, block: list[ast.stmt], index: int, entry: Entry, frame: Frame) -> Possible | None:
        """The value before `block[index]`, given the value on entry to the block."""
        if not index:
            return entry()
        updates: list[Callable[[Entry], Possible | None]] = []
        start, first = entry, 0
        for position in self.reaching.before(key, block, index, frame.scope):
            effect = self._effect(key, block[position], frame)
            if isinstance(effect, Define):
                start, first = effect.value, position
                break
            if isinstance(effect, Update):
                updates.append(effect.apply)
        self._evaluator.spend(index - first)
        value = start
        for update in reversed(updates):
            value = _bind(update, value)
        return value()

    def _effect(self, key: str, statement: ast.stmt, frame: Frame) -> Effect:
        """What a statement does to a name that it may change."""
        match statement:
            case ast.If():
                return Update(lambda entry: self._after_if(key, statement, entry, frame))
            case ast.For() | ast.AsyncFor():
                return Update(lambda entry: self._loops.after(key, statement, entry, frame))
            case ast.While():
                return Update(lambda entry: self._loops.after(key, statement, entry, frame))
            case ast.With() | ast.AsyncWith():
                return Update(
                    lambda entry: self.upto(
                        key, statement.body, len(statement.body), lambda: self._with(key, statement, entry, frame), frame
                    )
                )
            case ast.Try() | ast.TryStar():
                return Update(lambda entry: self._after_try(key, statement, entry, frame))
            case ast.Match():
                return Update(lambda entry: self._after_match(key, statement, entry, frame))
            case _:
                effect = self._assignments.effect(key, statement, self._evaluator.site(statement, frame))
                return effect or self._under_another_name(key, statement, frame)

    def _leaves(self, block: list[ast.stmt], frame: Frame) -> bool:
        return bool(block) and frame.scope.module.index_of(block).leaves

    def _under_another_name(self, key: str, statement: ast.stmt, frame: Frame) -> Effect:
        """What a statement does to the object of a name under another one it has."""
        calls = frame.scope.module.calls_in(statement)
        for other, relation in frame.scope.module.other_names(frame.scope).get(key, {}).items():
            if not aliases.changes(other, relation, statement, calls):
                continue
            same = relation is aliases.Relation.SAME
            effect = self._assignments.effect(other, statement, self._evaluator.site(statement, frame)) if same else None
            if isinstance(effect, Update):
                return effect
            return Update(lambda entry, other=other: aliases.blurred(entry(), other))  # type: ignore[misc]
        return None

    # Entry to blocks ---------------------------------------------------------------------------------------------

    def _entry(self, key: str, place: Place, frame: Frame) -> Possible | None:
        """The value on entry to the block a statement stands in."""
        owner = place.owner
        if owner is None:
            return None
        self._evaluator.spend()
        module = frame.scope.module
        match owner:
            case ast.ExceptHandler():
                return self._handler_entry(key, owner, place, frame)
            case ast.match_case():
                statement = module.owners[owner]
                assert isinstance(statement, ast.Match)
                return self._case_entry(key, owner, statement, lambda: self.before(key, statement, frame), frame)
        match owner:
            case ast.If():
                truth = place.block is owner.body
                return self._first_test(key, owner, truth, frame)
            case ast.For() | ast.AsyncFor() | ast.While():
                if place.block is owner.orelse:
                    return self.before(key, owner, frame)
                return self._loops.entry(key, owner, lambda: self.before(key, owner, frame), frame)
            case ast.With() | ast.AsyncWith():
                return self._with(key, owner, lambda: self.before(key, owner, frame), frame)
            case ast.Try() | ast.TryStar():
                return self._try_entry(key, owner, place.block, frame)
        return self.before(key, owner, frame)

    def _first_test(self, key: str, owner: ast.If, truth: bool, frame: Frame) -> Possible | None:
        """The value on entry to a branch: what came before, as far as the tests on the way allow it."""
        tests = [(owner, truth)]
        module = frame.scope.module
        place = module.places[owner]
        # An `elif` stands alone in the `else` of the `if` above it: climb the chain without recursion.
        while isinstance(place.owner, ast.If) and place.block is place.owner.orelse and len(place.block) == 1:
            tests.append((place.owner, False))
            place = module.places[place.owner]
        first = tests[-1][0]
        value = self._tested(key, first, lambda: self.before(key, first, frame), frame)()
        for statement, outcome in reversed(tests):
            value = self._narrowed(key, statement, outcome, value, frame)
        return value

    def _tested(self, key: str, statement: ast.If, entry: Entry, frame: Frame) -> Entry:
        """The value once the test of an `if` is evaluated: `(name := value)` in it gives the name a new one."""
        given = [node for node in conditions.given_names(statement.test) if node.target.id == key]
        if not given:
            return _Lazy(entry)
        return _Lazy(lambda: self._evaluator.expression(given[-1].value, self._evaluator.site(statement, frame)))

    def _narrowed(self, key: str, statement: ast.If, truth: bool, value: Possible | None, frame: Frame) -> Possible | None:
        if not conditions.mentions(statement.test, key):
            return value
        site = self._evaluator.site(statement, frame)
        if value is None:
            value = self._evaluator.names.outer(key, site)
        return conditions.narrow(self._evaluator, statement.test, key, value, truth, site)

    def _after_if(self, key: str, statement: ast.If, entry: Entry, frame: Frame) -> Possible | None:
        alternatives: list[Possible | None] = []
        current: ast.stmt = statement
        # Nested in the `else`, an `elif` chain would be as deep as it is long.
        pending: Possible | None = self._tested(key, statement, entry, frame)()
        while True:
            assert isinstance(current, ast.If)
            site = self._evaluator.site(current, frame)
            verdict = self._evaluator.verdict(current.test, site)
            if verdict is not False and not self._leaves(current.body, frame):
                taken = self._narrowed(key, current, True, pending, frame)
                if taken != NOTHING:
                    body = current.body
                    alternatives.append(self.upto(key, body, len(body), _constant(taken), frame))
            if verdict is True:
                break
            pending = self._narrowed(key, current, False, pending, frame)
            if pending == NOTHING:
                break
            rest = current.orelse
            if len(rest) == 1 and isinstance(rest[0], ast.If):
                current = rest[0]
                pending = self._tested(key, current, _constant(pending), frame)()
                continue
            if not self._leaves(rest, frame):
                alternatives.append(self.upto(key, rest, len(rest), _constant(pending), frame))
            break
        return self.either(key, alternatives, statement, frame)

    def either(self, key: str, alternatives: list[Possible | None], statement: ast.stmt, frame: Frame) -> Possible | None:
        """The union of what each way through a statement leaves; a way that stores nothing keeps what the name held outside."""
        if all(each is None for each in alternatives):
            return None if alternatives else NOTHING
        filled = [
            self._evaluator.names.outer(key, self._evaluator.site(statement, frame)) if each is None else each
            for each in alternatives
        ]
        union = join(filled)
        return step(union, None, Resolution.CONDITIONAL) if len(union) > 1 else union

    # With, try, match --------------------------------------------------------------------------------------------

    def _with(self, key: str, statement: ast.With | ast.AsyncWith, before: Entry, frame: Frame) -> Possible | None:
        for given in reversed(statement.items):
            if given.optional_vars is None:
                continue
            if dotted(given.optional_vars) == key:
                site = self._evaluator.site(statement, frame)
                value = self._evaluator.entered(given.context_expr, site)
                return self._assignments.named(key, given.context_expr, value, site)
            if any(dotted(each) == key for each in targets(given.optional_vars)):
                return unknown(f"{key} is unpacked from a context manager")
        return before()

    def _try_entry(self, key: str, statement: ast.Try | ast.TryStar, block: list[ast.stmt], frame: Frame) -> Possible | None:
        before = _Lazy(lambda: self.before(key, statement, frame))
        if block is statement.body:
            return before()
        if block is statement.orelse:
            return self.upto(key, statement.body, len(statement.body), before, frame)
        return self._after_try(key, statement, before, frame, final=False)

    def _handler_entry(self, key: str, handler: ast.ExceptHandler, place: Place, frame: Frame) -> Possible | None:
        if handler.name == key:
            return unknown(f"{key} is an exception")
        statement = frame.scope.module.owners[handler]
        assert isinstance(statement, ast.Try | ast.TryStar)
        before = _Lazy(lambda: self.before(key, statement, frame))
        return self._raised(key, statement, before, frame)

    def _raised(self, key: str, statement: ast.Try | ast.TryStar, before: Entry, frame: Frame) -> Possible | None:
        """The value when the body of a `try` has raised somewhere: what came before, or what it had stored by then."""
        first = before()
        # Where importing is what failed, the import has not bound the name.
        if all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in statement.body):
            return first
        if not self.reaching.touched_in(key, statement.body, frame.scope):
            return first
        done = self.upto(key, statement.body, len(statement.body), _constant(first), frame)
        return self.either(key, [first, done], statement, frame)

    def _cannot_raise(self, statement: ast.Try | ast.TryStar, frame: Frame) -> bool:
        """Whether the body of a `try` only puts together what is known, so that no handler is ever reached."""
        for inner in statement.body:
            if not isinstance(inner, ast.Assign) or not all(isinstance(target, ast.Name) for target in inner.targets):
                return isinstance(inner, ast.Pass) and len(statement.body) == 1
            plain = (
                ast.Name | ast.Attribute | ast.Constant | ast.Subscript | ast.JoinedStr | ast.FormattedValue | ast.expr_context
            )
            if not all(isinstance(node, plain) for node in ast.walk(inner.value)):
                return False
            value = self._evaluator.expression(inner.value, self._evaluator.site(inner, frame))
            if not value or any(isinstance(each.content, Hole | Template) for each in value):
                return False
        return True

    def _after_try(
        self, key: str, statement: ast.Try | ast.TryStar, before: Entry, frame: Frame, *, final: bool = True
    ) -> Possible | None:
        entry = _Lazy(before)
        alternatives: list[Possible | None] = []
        if not self._leaves(statement.body, frame) and not self._leaves(statement.orelse, frame):
            done = self.upto(
                key,
                statement.orelse,
                len(statement.orelse),
                lambda: self.upto(key, statement.body, len(statement.body), entry, frame),
                frame,
            )
            alternatives.append(_not_raised(done, statement))
        for handler in statement.handlers:
            if not self._leaves(handler.body, frame) and not self._cannot_raise(statement, frame):
                start = _Lazy(lambda: self._raised(key, statement, entry, frame))
                alternatives.append(self.upto(key, handler.body, len(handler.body), start, frame))
        after = self.either(key, alternatives or [entry()], statement, frame)
        if final and statement.finalbody:
            return self.upto(key, statement.finalbody, len(statement.finalbody), _constant(after), frame)
        return after

    def _case_entry(self, key: str, case: ast.match_case, statement: ast.Match, before: Entry, frame: Frame) -> Possible | None:
        site = self._evaluator.site(statement, frame)
        if patterns.captures(case.pattern, key):
            subject = self._evaluator.expression(statement.subject, site)
            fitting = patterns.matched(self._evaluator, case.pattern, subject, site)
            return patterns.captured(self._evaluator, case.pattern, key, fitting, site)
        value = before()
        if dotted(statement.subject) == key:
            if value is None:
                value = self._evaluator.names.outer(key, site)
            return patterns.matched(self._evaluator, case.pattern, value, site)
        return value

    def _after_match(self, key: str, statement: ast.Match, before: Entry, frame: Frame) -> Possible | None:
        entry = _Lazy(before)
        alternatives: list[Possible | None] = []
        site = self._evaluator.site(statement, frame)
        subject = self._evaluator.expression(statement.subject, site)
        complete = False
        for case in statement.cases:
            verdict = patterns.verdict(self._evaluator, case, subject, site)
            if verdict is not False and not self._leaves(case.body, frame):
                start = _Lazy(lambda case=case: self._case_entry(key, case, statement, entry, frame))  # type: ignore[misc]
                alternatives.append(self.upto(key, case.body, len(case.body), start, frame))
            if verdict is True:
                complete = True
                break
        if not complete:
            alternatives.append(entry())
        return self.either(key, alternatives, statement, frame)


def _not_raised(value: Possible | None, statement: ast.Try | ast.TryStar) -> Possible | None:
    """A value that a `try` leaves, without what would have raised on the way where a handler goes on instead."""
    if value is None or all(leaves(handler.body) for handler in statement.handlers):
        return value
    return tuple(each for each in value if not isinstance(each.content, Raised | Unset))


class _Lazy:
    """A value computed once, when first asked for."""

    def __init__(self, compute: Entry) -> None:
        self._compute = compute
        self._done = False
        self._value: Possible | None = None

    def __call__(self) -> Possible | None:
        if not self._done:
            self._value = self._compute()
            self._done = True
        return self._value


def _constant(value: Possible | None) -> Entry:
    return lambda: value


def _bind(update: Callable[[Entry], Possible | None], before: Entry) -> Entry:
    return lambda: update(before)
