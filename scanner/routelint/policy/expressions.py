"""Expressions of custom rules, in CEL: compiled against the table of fields, their faults told in the words of a policy.

A policy may come from an untrusted pull request, so an expression is bounded before it runs: in length by the schema, in depth
by the implementation, in steps by its budget of iterations, and here in what lets a small expression make large values. The
implementation is imported only where a policy has custom rules. See docs/decisions/0008-custom-rules-in-cel.md.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, Protocol

from routelint.deferred import lazy_regex
from routelint.policy.fault import MOST_SHOWN, Fault, listing, nearest, shown
from routelint.policy.fields import FIELDS, GROUPS, NAMES, resolve
from routelint.policy.source import MapNode, ScalarNode
from routelint.regex import RegexError, compile_regex

MOST_MACROS_DEEP = 2
PACKAGE = "cel-expr-python"
EXTRA = "routelint[cel]"

# `map` and the joining of texts and lists let a value double at each step; a question about a route needs neither.
_DIALECT = """\
stdlib:
  exclude_macros: [map]
  exclude_functions:
    - name: "_+_"
      overloads:
        - id: add_string
        - id: add_list
        - id: add_bytes
"""
_MACROS = frozenset({"all", "exists", "exists_one", "filter"})
_TOKEN = lazy_regex(
    r"""
    (?P<blank> [\s]+ | //[^\n]* )
  | (?P<raw> (?: [bB]?[rR] | [rR][bB] ) (?: \"{3}(?s:.*?)\"{3} | '{3}(?s:.*?)'{3} | "[^"\n]*" | '[^'\n]*' ) )
  | (?P<text> [bB]? (?: \"{3}(?:\\(?s:.)|[^\\])*?\"{3} | '{3}(?:\\(?s:.)|[^\\])*?'{3}
                      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ) )
  | (?P<name> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<other> (?s:.) )
    """,
    re.VERBOSE,
)
_ERROR = lazy_regex(r"^(?:.*?)ERROR: <input>:(-?\d+):(-?\d+): (.*?)(?= \(in container| \[INVALID_ARGUMENT\]|$)", re.MULTILINE)
_UNDECLARED = lazy_regex(r"undeclared reference to '([^']*)'")
_OVERLOAD = lazy_regex(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_PLACEHOLDER = lazy_regex(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_OPERATORS = {"_in_": "in", "@in": "in", "!_": "!", "-_": "-", "_?_:_": "?:", "_[_]": "[]"}


class Answer(Protocol):
    """What an expression came to."""

    def value(self) -> object:
        """A Python value, or the text of an error."""

    def type(self) -> object:
        """Its type."""


class Expression(Protocol):
    """A compiled expression."""

    def eval(self, *, data: Mapping[str, object]) -> Answer:
        """Its answer for the values of fields."""


class Problem(NamedTuple):
    """A fault of an expression or message: the offset in it, the fact, what was expected, and the nearest word."""

    offset: int
    fact: str
    expected: str = ""
    nearest: str = ""


class MissingError(Exception):
    """The implementation of CEL is not installed."""


@lru_cache(maxsize=1)
def _environment() -> tuple[object, object]:
    """The module and the environment that knows the fields."""
    try:
        from cel_expr_python import cel
    except ImportError as error:
        raise MissingError(f"custom rules need {PACKAGE}") from error
    variables = {field.name: cel.Type(field.kind.value) for field in FIELDS}
    return cel, cel.NewEnv(config=cel.NewEnvConfigFromYaml(_DIALECT), variables=variables)


@lru_cache(maxsize=512)
def compile_expression(text: str) -> Expression:
    """An expression without faults, ready to run.

    Raises:
        MissingError: the implementation is not installed.
    """
    _, environment = _environment()
    compiled: Expression = environment.compile(text)  # type: ignore[attr-defined]
    return compiled


def answer(text: str, data: Mapping[str, object]) -> bool | str:
    """Whether an expression holds for the values of fields, else why it cannot be decided."""
    try:
        value = compile_expression(text).eval(data=data).value()
    except RuntimeError as error:
        return str(error)
    return value if isinstance(value, bool) else str(value)


def problems(text: str) -> Iterator[Problem]:
    """Every fault of an expression.

    Raises:
        MissingError: the implementation is not installed.
    """
    cel, environment = _environment()
    own = list(_shape_problems(text))
    yield from own
    try:
        compiled = environment.compile(text)  # type: ignore[attr-defined]
    except (RuntimeError, TypeError, ValueError) as error:
        # A macro that is left out leaves its variable undeclared: that is said already.
        said = any(problem.fact.startswith("'map'") for problem in own)
        yield from (
            each
            for each in _compiler_problems(text, str(error))
            if not (said and ("no field" in each.fact or "'map'" in each.fact))
        )
        return
    if compiled.return_type() != cel.Type.BOOL:  # type: ignore[attr-defined]
        yield Problem(0, f"the expression is a {str(compiled.return_type().name()).lower()}", "one that is true or false")


def _shape_problems(text: str) -> Iterator[Problem]:
    """Macros that are left out or nested too deep, and regular expressions that cannot be read."""
    tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "blank"]
    open_: list[bool] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        called = token.lastgroup == "name" and after == "("
        macro = called and index > 0 and tokens[index - 1][0] == "." and token[0] in _MACROS
        if called and token[0] == "map" and index > 0 and tokens[index - 1][0] == ".":
            yield Problem(token.start(), "'map' is not available in a rule", "exists, all, exists_one or filter")
        if macro and sum(open_) >= MOST_MACROS_DEEP:
            yield Problem(
                token.start(), f"'{token[0]}' is nested too deep", f"at most {MOST_MACROS_DEEP} of them in one another"
            )
        if called and token[0] == "matches":
            yield from _pattern_problems(tokens[index + 1 :])
        if token[0] in "([{":
            before = tokens[index - 1] if index > 0 else None
            dotted = index > 1 and tokens[index - 2][0] == "."
            open_.append(token[0] == "(" and before is not None and before[0] in _MACROS and dotted)
        elif token[0] in ")]}" and open_:
            open_.pop()


def _pattern_problems(tokens: list[re.Match[str]]) -> Iterator[Problem]:
    """What is wrong with the literal that ends the arguments of `matches`."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if depth == 0:
            last = tokens[index - 1]
            if last.lastgroup in ("raw", "text"):
                literal = last[0].lstrip("rRbB").strip("\"'")
                try:
                    compile_regex(literal if last.lastgroup == "raw" else re.sub(r"\\(.)", r"\1", literal))
                except RegexError as error:
                    yield Problem(last.start(), f"{shown(last[0])} is no regular expression", str(error))
            return


def _compiler_problems(text: str, message: str) -> Iterator[Problem]:
    """The compiler's errors in the words of a policy."""
    found = list(_ERROR.finditer(message))
    if not found:
        reason = "it is nested too deep" if "recursion" in message else shown(message.splitlines()[0] if message else "")
        yield Problem(0, f"the expression cannot be used: {reason}", "a simpler one")
    for each in found:
        line, column, fact = int(each[1]), int(each[2]), each[3]
        if line < 1 or "recursion depth" in fact:
            yield Problem(0, "the expression cannot be used: it is nested too deep", "a simpler one")
            continue
        yield _problem(text, _offset(text, line, column), fact)


def _offset(text: str, line: int, column: int) -> int:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return min(len(text), starts[min(line, len(starts)) - 1] + column - 1)


def _problem(text: str, offset: int, fact: str) -> Problem:
    undeclared = _UNDECLARED.match(fact)
    if undeclared is not None:
        return _undeclared(text, offset, undeclared[1])
    overload = _OVERLOAD.match(fact)
    if overload is not None:
        operator, types = overload[1], overload[2]
        shown_as = _OPERATORS.get(operator, operator.strip("_"))
        return Problem(offset, f"'{shown_as}' does not go with ({types})", _fitting(shown_as, types))
    words = fact.removeprefix("Syntax error: ").partition(" expecting ")[0]
    return Problem(offset, f"not CEL: {words}", "an expression such as 'model.tier == \"premium\"'")


def _undeclared(text: str, offset: int, name: str) -> Problem:
    start = text.rfind(name, 0, offset + len(name))
    offset = offset if start < 0 else start
    if name in GROUPS:
        members = [each for each in NAMES if each.startswith(f"{name}.")]
        return Problem(offset, f"'{name}' is no value but a group of fields", f"one of {listing(members, whole=True)}")
    near = nearest(name, NAMES)
    if text[offset + len(name) :].lstrip().startswith("("):
        return Problem(offset, f"there is no function {shown(name)}", "a function of CEL's standard library")
    expected = f"one of {listing(NAMES, whole=True)}" if near is None else "a field of a route"
    return Problem(offset, f"a route has no field {shown(name)}", expected, near or "")


def _fitting(operator: str, types: str) -> str:
    if operator == "+" and ("string" in types or "list" in types):
        return "a comparison: a rule does not join texts or lists"
    if "double" in types and "int" in types:
        return "a number with a point, such as 5.0, beside a price"
    return "operands of one type"


def message_problems(message: str) -> Iterator[Problem]:
    """Every placeholder of a message that names no field, and every brace that is not closed."""
    for match in _PLACEHOLDER.finditer(message):
        if match[0] in ("{{", "}}"):
            continue
        if match[1] is None:
            yield Problem(
                match.start(), f"a '{match[0]}' stands alone", "'{field}', or '{{' and '}}' for the braces themselves"
            )
        elif resolve(match[1]) is None:
            names = ["model", *(name for name in NAMES if resolve(name))]
            near = nearest(match[1], names)
            expected = f"one of {listing(names, whole=True)}" if near is None else "a field of a route"
            if match[1] in NAMES:
                near, expected = None, "a field that is no map"
            yield Problem(match.start() + 1, f"the message names {shown(match[1])}, which it cannot say", expected, near or "")


def fill(message: str, values: Mapping[str, object]) -> str:
    """A message without faults, its placeholders filled; what cannot be told is said to be unknown."""

    def replace(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        value = values.get(resolve(match[1] or "") or "")
        match value:
            case None:
                return "unknown"
            case bool():
                return str(value).lower()
            case float():
                return f"{value:.4g}"
            case list():
                return ", ".join(map(str, value)) or "none"
        return str(value) or "none"

    return _PLACEHOLDER.sub(replace, message)


def faults(root: MapNode, text: str) -> Iterator[Fault]:
    """The faults of the custom rules of a policy file, given also as its text, so that places are exact.

    Beyond as many as are shown nothing is looked for: the nearest word of each takes its time.
    """
    return itertools.islice(_faults(root, text), MOST_SHOWN)


def _faults(root: MapNode, text: str) -> Iterator[Fault]:
    for item in root.items("custom_rules"):
        if not isinstance(item, MapNode):
            continue
        when, message = item.scalar("when"), item.scalar("message")
        if when is not None and when.text:
            try:
                for problem in problems(when.text):
                    yield _fault(when, text, problem)
            except MissingError as error:
                yield _fault(when, text, Problem(0, str(error), f"an install of {EXTRA}"))
        if message is not None:
            for problem in message_problems(message.text):
                yield _fault(message, text, problem)


def _fault(node: ScalarNode, text: str, problem: Problem) -> Fault:
    line, column = _place(node, text, problem.offset)
    near = f"'{problem.nearest}'" if problem.nearest else ""
    return Fault(node.location.path, line, column, problem.fact, problem.expected, near)


def _place(node: ScalarNode, text: str, offset: int) -> tuple[int, int]:
    """The line and column in the file of an offset in a scalar, whatever quotes, escapes and folds stand between."""
    span = node.location.span
    lines = text.split("\n")
    position = sum(len(line) + 1 for line in lines[: span.start_line - 1]) + span.start_column - 1
    end = sum(len(line) + 1 for line in lines[: span.end_line - 1]) + span.end_column - 1
    if text[position : position + 1] in ("|", ">"):
        position = text.find("\n", position) + 1
    at = position
    for character in node.text[: offset + 1]:
        if character.isspace():
            continue
        found = text.find(character, at, end)
        if found < 0:
            break
        position, at = found, found + 1
    return text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1
