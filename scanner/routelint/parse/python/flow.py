"""What a name holds at a place: the assignments that reach it, found by walking backwards through the statements.

Nothing is run and nothing is evaluated before somebody asks. A statement that changes a list or dict (`d["x"] = ...`,
`d.update(...)`) takes the value from before it and changes that, so the order of statements is kept.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import changes, conditions
from routelint.parse.python.assignments import Assignments, Define, Effect, Entry, Update
from routelint.parse.python.scopes import Place, Scope, dotted, shown, targets
from routelint.parse.python.values import NOTHING, Frame, Site, join, step
from routelint.possible import Possible, unknown

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

    def before(self, key: str, statement: ast.stmt, frame: Frame) -> Possible | None:
        """The value just before a statement."""
        place = self._place(statement, frame)
        return self._upto(key, place.block, place.index, lambda: self._entry(key, place, frame), frame)

    def at_end(self, key: str, scope: Scope, frame: Frame) -> Possible | None:
        """The value when the body of a scope has run."""
        return self._upto(key, scope.block, len(scope.block), lambda: None, frame)

    def _place(self, statement: ast.stmt, frame: Frame) -> Place:
        return frame.scope.module.places[statement]

    def _upto(self, key: str, block: list[ast.stmt], index: int, entry: Entry, frame: Frame) -> Possible | None:
        """The value before `block[index]`, given the value on entry to the block."""
        updates: list[Callable[[Entry], Possible | None]] = []
        start = entry
        for position in range(index - 1, -1, -1):
            statement = block[position]
            effect = self._effect(key, statement, frame)
            if isinstance(effect, Define):
                start = effect.value
                break
            if isinstance(effect, Update):
                updates.append(effect.apply)
        if not updates:
            return start()
        value = start
        for update in reversed(updates):
            value = _bind(update, value)
        return value()

    def _touches(self, key: str, statement: ast.stmt, frame: Frame) -> bool:
        stores = frame.scope.module.stores(statement)
        if key in stores:
            return True
        prefix = key.rpartition(".")[0]
        while prefix:
            if prefix in stores:
                return True
            prefix = prefix.rpartition(".")[0]
        return False

    def _effect(self, key: str, statement: ast.stmt, frame: Frame) -> Effect:
        self._evaluator.spend()
        if isinstance(statement, ast.If):
            # Even a branch that stores nothing may leave the block, and then the other one tells what holds.
            if self._touches(key, statement, frame) or (
                conditions.mentions(statement.test, key) and (_leaves(statement.body) or _leaves(statement.orelse))
            ):
                return Update(lambda entry: self._after_if(key, statement, entry, frame))
            return None
        if not self._touches(key, statement, frame):
            return None
        site = self._evaluator.site(statement, frame)
        match statement:
            case ast.For() | ast.AsyncFor():
                return Update(lambda entry: self._after_loop(key, statement, entry, frame))
            case ast.While():
                return Update(lambda entry: self._after_loop(key, statement, entry, frame))
            case ast.With() | ast.AsyncWith():
                return Update(
                    lambda entry: self._upto(
                        key, statement.body, len(statement.body), lambda: self._with(key, statement, entry, site), frame
                    )
                )
            case ast.Try() | ast.TryStar():
                return Update(lambda entry: self._after_try(key, statement, entry, frame))
            case ast.Match():
                return Update(lambda entry: self._after_match(key, statement, entry, frame))
            case _:
                return self._assignments.effect(key, statement, site)

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
        site = self._evaluator.site(owner, frame)
        match owner:
            case ast.If():
                truth = place.block is owner.body
                return self._first_test(key, owner, truth, frame)
            case ast.For() | ast.AsyncFor() | ast.While():
                if place.block is owner.orelse:
                    return self.before(key, owner, frame)
                return self._loop_entry(key, owner, lambda: self.before(key, owner, frame), frame)
            case ast.With() | ast.AsyncWith():
                return self._with(key, owner, lambda: self.before(key, owner, frame), site)
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
        value = self.before(key, first, frame)
        for statement, outcome in reversed(tests):
            value = self._narrowed(key, statement, outcome, value, frame)
        return value

    def _narrowed(self, key: str, statement: ast.If, truth: bool, value: Possible | None, frame: Frame) -> Possible | None:
        if not conditions.mentions(statement.test, key):
            return value
        if value is None:
            value = self._evaluator.names.outer(key, self._evaluator.site(statement, frame))
        return conditions.narrow(self._evaluator, statement.test, key, value, truth, self._evaluator.site(statement, frame))

    def _after_if(self, key: str, statement: ast.If, entry: Entry, frame: Frame) -> Possible | None:
        alternatives: list[Possible | None] = []
        current: ast.stmt = statement
        # Nested in the `else`, an `elif` chain would be as deep as it is long.
        pending: Possible | None = _Lazy(entry)()
        while True:
            assert isinstance(current, ast.If)
            site = self._evaluator.site(current, frame)
            verdict = self._evaluator.verdict(current.test, site)
            if verdict is not False and not _leaves(current.body):
                taken = self._narrowed(key, current, True, pending, frame)
                if taken != NOTHING:
                    body = current.body
                    alternatives.append(self._upto(key, body, len(body), _constant(taken), frame))
            if verdict is True:
                break
            pending = self._narrowed(key, current, False, pending, frame)
            if pending == NOTHING:
                break
            rest = current.orelse
            if len(rest) == 1 and isinstance(rest[0], ast.If):
                current = rest[0]
                continue
            if not _leaves(rest):
                alternatives.append(self._upto(key, rest, len(rest), _constant(pending), frame))
            break
        return self._either(key, alternatives, self._evaluator.site(statement, frame))

    def _either(self, key: str, alternatives: list[Possible | None], site: Site) -> Possible | None:
        """The union of what each way leaves; a way that stores nothing keeps what the name held outside."""
        if all(each is None for each in alternatives):
            return None if alternatives else NOTHING
        filled = [self._evaluator.names.outer(key, site) if each is None else each for each in alternatives]
        union = join(filled)
        return step(union, None, Resolution.CONDITIONAL) if len(union) > 1 else union

    # Loops -------------------------------------------------------------------------------------------------------

    def _loop_entry(self, key: str, loop: ast.For | ast.AsyncFor | ast.While, before: Entry, frame: Frame) -> Possible | None:
        site = self._evaluator.site(loop, frame)
        if isinstance(loop, ast.For | ast.AsyncFor):
            given = self._loop_variable(key, loop, site)
            if given is not None:
                return given
        first = before()
        if not any(self._touches(key, inner, frame) for inner in loop.body):
            return first
        again = self._evaluator.once(
            (loop, key, frame), lambda: self._upto(key, loop.body, len(loop.body), _constant(first), frame)
        )
        return first if again is None or again == NOTHING else self._either(key, [first, again], site)

    def _loop_variable(self, key: str, loop: ast.For | ast.AsyncFor, site: Site) -> Possible | None:
        for path, target in changes.unpacking(loop.target):
            if dotted(target) == key:
                each = changes.each(self._evaluator, loop.iter, site)
                for index in path:
                    each = changes.item(each, index, shown(loop.iter))
                hop = Hop(site.scope.module.location(loop.iter), f"each {key} of {shown(loop.iter)}")
                return step(each, hop, Resolution.CONSTANT)
        return None

    def _after_loop(self, key: str, loop: ast.For | ast.AsyncFor | ast.While, before: Entry, frame: Frame) -> Possible | None:
        first = before()
        inside = self._evaluator.once(
            (loop, key, frame),
            lambda: self._upto(
                key, loop.body, len(loop.body), lambda: self._loop_entry(key, loop, _constant(first), frame), frame
            ),
        )
        site = self._evaluator.site(loop, frame)
        if inside is None and isinstance(loop, ast.For | ast.AsyncFor):
            inside = self._loop_variable(key, loop, site)
        alternatives = [first, inside] if inside != NOTHING else [first]
        if loop.orelse:
            after = self._either(key, alternatives, site)
            return self._upto(key, loop.orelse, len(loop.orelse), _constant(after), frame)
        return self._either(key, alternatives, site)

    # With, try, match --------------------------------------------------------------------------------------------

    def _with(self, key: str, statement: ast.With | ast.AsyncWith, before: Entry, site: Site) -> Possible | None:
        for given in reversed(statement.items):
            if given.optional_vars is None:
                continue
            if dotted(given.optional_vars) == key:
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
            return self._upto(key, statement.body, len(statement.body), before, frame)
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
        if not any(self._touches(key, inner, frame) for inner in statement.body):
            return first
        done = self._upto(key, statement.body, len(statement.body), _constant(first), frame)
        return self._either(key, [first, done], self._evaluator.site(statement, frame))

    def _after_try(
        self, key: str, statement: ast.Try | ast.TryStar, before: Entry, frame: Frame, *, final: bool = True
    ) -> Possible | None:
        entry = _Lazy(before)
        alternatives: list[Possible | None] = []
        body = [*statement.body, *statement.orelse]
        if not _leaves(body):
            alternatives.append(
                self._upto(
                    key,
                    statement.orelse,
                    len(statement.orelse),
                    lambda: self._upto(key, statement.body, len(statement.body), entry, frame),
                    frame,
                )
            )
        for handler in statement.handlers:
            if not _leaves(handler.body):
                start = _Lazy(lambda: self._raised(key, statement, entry, frame))
                alternatives.append(self._upto(key, handler.body, len(handler.body), start, frame))
        after = self._either(key, alternatives or [entry()], self._evaluator.site(statement, frame))
        if final and statement.finalbody:
            return self._upto(key, statement.finalbody, len(statement.finalbody), _constant(after), frame)
        return after

    def _case_entry(self, key: str, case: ast.match_case, statement: ast.Match, before: Entry, frame: Frame) -> Possible | None:
        site = self._evaluator.site(statement, frame)
        if any(isinstance(node, ast.MatchAs | ast.MatchStar) and node.name == key for node in ast.walk(case.pattern)):
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.name == key and case.pattern.pattern is None:
                return self._evaluator.expression(statement.subject, site)
            return unknown(f"{key} is taken from a match pattern")
        value = before()
        if dotted(statement.subject) == key:
            if value is None:
                value = self._evaluator.names.outer(key, site)
            return conditions.matched(self._evaluator, case.pattern, value, site)
        return value

    def _after_match(self, key: str, statement: ast.Match, before: Entry, frame: Frame) -> Possible | None:
        entry = _Lazy(before)
        alternatives: list[Possible | None] = []
        site = self._evaluator.site(statement, frame)
        subject = self._evaluator.expression(statement.subject, site)
        complete = False
        for case in statement.cases:
            verdict = conditions.match_verdict(self._evaluator, case, subject, site)
            if verdict is not False and not _leaves(case.body):
                start = _Lazy(lambda case=case: self._case_entry(key, case, statement, entry, frame))  # type: ignore[misc]
                alternatives.append(self._upto(key, case.body, len(case.body), start, frame))
            if verdict is True:
                complete = True
                break
        if not complete:
            alternatives.append(entry())
        return self._either(key, alternatives, site)


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


def _leaves(block: list[ast.stmt]) -> bool:
    """Whether the end of a block is never reached."""
    for statement in block:
        match statement:
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                return True
            case ast.Expr(value=ast.Call(func=callee)) if dotted(callee) in ("sys.exit", "exit", "quit", "os._exit"):
                return True
            case ast.If(body=body, orelse=orelse) if orelse and _leaves(body) and _leaves(orelse):
                return True
            case ast.With(body=body) | ast.AsyncWith(body=body) if _leaves(body):
                return True
    return False
