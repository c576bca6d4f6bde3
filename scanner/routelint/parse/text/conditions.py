"""Conditions of code: whether one holds, and for which environments it is written."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Resolution
from routelint.parse.text import words
from routelint.parse.text.functions import Function
from routelint.parse.text.groups import Code
from routelint.parse.text.names import MOST_STEPS, look_up, targets
from routelint.parse.text.scope import Evaluate, Scope
from routelint.possible import Hole, Possibility, Possible, Template, agree, in_environments, unite

_EQUAL, _UNEQUAL = ("===", "=="), ("!==", "!=")
_MOST_VERDICTS = 16
# Names of what holds an environment, beside those that say so themselves.
_STAGES = frozenset(("env", "environment", "stage", "workspace"))
_IS = lazy_regex(r"is[_A-Z]")
# What one of these steps supplied stands only where nothing else is given, and decides nothing.
_DOUBTED = (Resolution.ENV_DEFAULT, Resolution.PARAMETER_DEFAULT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds (None: either) in some environments (empty: not said).

    Where either may be, `where_true` and `where_false` are the environments that the condition asks for.
    """

    holds: bool | None
    environments: tuple[str, ...] = ()
    where_true: tuple[str, ...] = ()
    where_false: tuple[str, ...] = ()

    def denied(self) -> Verdict:
        """The verdict on the opposite."""
        return Verdict(None if self.holds is None else not self.holds, self.environments, self.where_false, self.where_true)


_OPEN = Verdict(None)


def choose(verdicts: tuple[Verdict, ...], left: Possible, right: Possible) -> Possible:
    """What a conditional gives: the side that holds, narrowed to the environments in which it does, else both."""
    found = []
    for verdict in verdicts:
        if verdict.holds is not False:
            found.append(in_environments(in_environments(left, verdict.where_true), verdict.environments))
        if verdict.holds is not True:
            found.append(in_environments(in_environments(right, verdict.where_false), verdict.environments))
    return unite(found)


def judge(evaluate: Evaluate, scope: Scope, start: int, end: int, depth: int) -> tuple[Verdict, ...]:
    """The verdicts on a condition, one for each environment that tells them apart."""
    code = scope.code
    parts = list(code.level(start, end))
    if not parts or depth > MOST_STEPS:
        return (_OPEN,)
    if len(parts) == 1 and code.is_mark(parts[0], "(") and (group := code.opened_at.get(parts[0])) is not None:
        return judge(evaluate, scope, parts[0] + 1, code.limit(group), depth + 1)
    for index in parts:
        if code.is_mark(index, "&&", "||", "?", "??"):
            return (_OPEN,)
    for index in parts:
        if code.is_mark(index, *_EQUAL, *_UNEQUAL):
            after = index + 1
            found = _compared(evaluate, scope, (start, index), (after, end), depth)
            return tuple(each.denied() for each in found) if code.is_mark(index, *_UNEQUAL) else found
    if code.is_mark(parts[0], "!"):
        return tuple(each.denied() for each in judge(evaluate, scope, start + 1, end, depth + 1))
    return _named(evaluate, scope, start, end, depth)


def _named(evaluate: Evaluate, scope: Scope, start: int, end: int, depth: int) -> tuple[Verdict, ...]:
    """The verdict on a name that stands for a condition, `isProd`, or on a value that is there or not."""
    code = scope.code
    parts = list(code.level(start, end))
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if names and len(parts) == 2 * len(names) - 1:
        meanings = tuple(targets(look_up(scope, names, parts[0])))
        if (
            len(meanings) == 1
            and not meanings[0].path
            and _is_condition(meanings[0].scope.code, meanings[0].start, meanings[0].end)
        ):
            return judge(evaluate, meanings[0].scope, meanings[0].start, meanings[0].end, depth + 1)
        told = _told(evaluate, scope, start, end, depth)
        if told:
            return told
        if _IS.match(names[-1]) and (environment := _environment_in(names[-1])) is not None:
            return (Verdict(None, (), (environment,)),)
        return (_OPEN,)
    return _told(evaluate, scope, start, end, depth) or (_OPEN,)


def _told(evaluate: Evaluate, scope: Scope, start: int, end: int, depth: int) -> tuple[Verdict, ...]:
    possible = evaluate(scope, start, end, (), depth + 1)
    if not possible:
        return (Verdict(False),)
    if len(possible) > _MOST_VERDICTS or any(_is_doubted(each) for each in possible):
        return ()
    return tuple(
        Verdict(each.content not in ("", "false", "undefined", "null", None, False), each.environments) for each in possible
    )


def _is_condition(code: Code, start: int, end: int) -> bool:
    return any(code.is_mark(index, *_EQUAL, *_UNEQUAL, "!") for index in code.level(start, end))


def _compared(
    evaluate: Evaluate, scope: Scope, left: tuple[int, int], right: tuple[int, int], depth: int
) -> tuple[Verdict, ...]:
    """The verdicts on `left === right`."""
    first, second = (evaluate(scope, *side, (), depth + 1) for side in (left, right))
    for side, opposite in ((left, second), (right, first)):
        if side[1] - side[0] == 1 and scope.code.is_name(side[0], "null", "undefined"):
            if any(isinstance(each.content, Hole) for each in opposite):
                return (_OPEN,)
            return (Verdict(False),) if opposite else (Verdict(True),)
    if first and second and len(first) * len(second) <= _MOST_VERDICTS:
        found: list[Verdict] = []
        for one in first:
            for other in second:
                both = agree(one.environments, other.environments)
                if both is None:
                    continue
                if _is_doubted(one) or _is_doubted(other):
                    found = []
                    break
                found.append(Verdict(one.content == other.content, both))
            else:
                continue
            break
        if found:
            return tuple(found)
    for literal, asked in ((second, left), (first, right)):
        named = [str(each.content) for each in literal if isinstance(each.content, str)]
        if len(literal) == 1 and named and named[0].lower() in words.ENVIRONMENTS and _says_stage(scope.code, *asked):
            return (Verdict(None, (), (named[0].lower(),)),)
    return (_OPEN,)


def _is_doubted(each: Possibility) -> bool:
    return isinstance(each.content, Hole | Template) or each.resolution in _DOUBTED


def _says_stage(code: Code, start: int, end: int) -> bool:
    """Whether an expression speaks of the environment that something is deployed to."""
    spoken = (code.tokens[index].text for index in range(start, end))
    return any(not _STAGES.isdisjoint(words.split(text)) for text in spoken)


def _environment_in(name: str) -> str | None:
    return next((word for word in words.split(name) if word in words.ENVIRONMENTS), None)


def on_the_way(evaluate: Evaluate, scope: Scope, function: Function, at: int, depth: int) -> Iterator[tuple[Verdict, ...]]:
    """The verdicts on the conditions of the function that must hold for a token to be reached."""
    code = scope.code
    before = code.before(at)
    guard = code.opened_at.get(before)
    if guard is not None and _is_if(code, guard):
        yield judge(evaluate, scope, code.groups[guard].open + 1, code.limit(guard), depth + 1)
    group, inside = code.group_of[at], at
    while group and group != function.block:
        opened = code.groups[group].open
        condition = code.opened_at.get(code.before(opened))
        if condition is not None and code.opener(group) == "{":
            low, high = code.groups[condition].open + 1, code.limit(condition)
            if _is_if(code, condition):
                yield judge(evaluate, scope, low, high, depth + 1)
            elif code.is_name(code.groups[condition].open - 1, "switch"):
                yield _case(evaluate, scope, group, inside, (low, high), depth)
        elif code.is_name(code.before(opened), "else") and (asked := _if_before(code, code.before(opened))) is not None:
            low, high = code.groups[asked].open + 1, code.limit(asked)
            yield tuple(each.denied() for each in judge(evaluate, scope, low, high, depth + 1))
        inside = opened
        group = code.groups[group].parent


def _is_if(code: Code, condition: int) -> bool:
    return code.is_name(code.groups[condition].open - 1, "if")


def _if_before(code: Code, keyword: int) -> int | None:
    """The condition of the `if` whose `else` is a token."""
    body = code.before(keyword)
    return code.opened_at.get(code.before(body)) if body >= 0 and code.is_mark(body, "{") else None


def _case(evaluate: Evaluate, scope: Scope, group: int, at: int, subject: tuple[int, int], depth: int) -> tuple[Verdict, ...]:
    """The verdicts on reaching a token of a switch: its labels against the subject, and for the default all the others."""
    code = scope.code
    own: list[tuple[int, int] | None] = []
    others: list[tuple[int, int]] = []
    is_open = False
    for index in code.level(code.groups[group].open + 1, code.limit(group)):
        if not code.is_name(index, "case", "default"):
            is_open = is_open and not (index < at and code.is_name(index, "return", "break", "throw"))
            continue
        colon = next((each for each in code.level(index, code.limit(group)) if code.is_mark(each, ":")), None)
        if colon is None:
            return (_OPEN,)
        label = (index + 1, colon) if code.is_name(index, "case") else None
        if index < at:
            own = [*own, label] if is_open else [label]
            if label is not None:
                others.append(label)
        elif label is not None:
            others.append(label)
        is_open = True
    if None in own:
        verdicts = [_compared(evaluate, scope, subject, label, depth + 1) for label in others[:_MOST_VERDICTS]]
        matched = any(len(each) == 1 and each[0].holds for each in verdicts)
        missed = all(len(each) == 1 and each[0].holds is False for each in verdicts)
        return (Verdict(False if matched else True if missed else None),)
    if len(own) == 1 and own[0] is not None:
        return _compared(evaluate, scope, subject, own[0], depth + 1)
    return (_OPEN,)
