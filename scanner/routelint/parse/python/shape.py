"""What the shape of a call says of its work: is its output capped, what does its prompt ask, is it made once per record."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint.model import LEFT_OUT, Kind
from routelint.parse.python.scopes import Place, dotted
from routelint.parse.python.sinks import Sink
from routelint.possible import Content, Items, Possible, Record, Template
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Arguments that hold what a model is asked, from the most telling to the least.
_PROMPTS = ("system", "system_prompt", "instruction", "instructions", "prompt", "messages", "body", "input")
# Enough of a prompt to see what it asks for.
LONGEST_PROMPT = 4_000
MOST_PIECES = 200
# Arguments that bind the answer to a form, and how a person would say it.
_ANSWERS = {"toolConfig.toolChoice": "a tool call of fixed form", "response_format": "JSON", "outputConfig": "JSON"}
_LONGEST_LOOP = 80


def shape(evaluator: Evaluator, sink: Sink, row: Surface) -> dict[str, str]:
    """Further `ModelReference.settings` of a call: `prompt`, `answer`, `repeated`, `LEFT_OUT` for what is not given."""
    found: dict[str, str] = {}
    if row.open_ended and all(_left_out(evaluator, sink, cap.split(".")) for cap in row.caps):
        found["max_output_tokens"] = LEFT_OUT
    for name, carrier in row.settings.items():
        given = _given(evaluator, sink, carrier)
        if given is not None:
            found[name] = given
        elif _left_out(evaluator, sink, carrier.split(".")):
            found[name] = LEFT_OUT
    if row.kind is Kind.INVOKE and row.bedrock_only:
        loop = _loop(sink)
        if loop is not None:
            found["repeated"] = loop
        prompt = _prompt(evaluator, sink)
        if prompt:
            found["prompt"] = prompt
        answer = next((said for carrier, said in _ANSWERS.items() if _is_given(evaluator, sink, carrier.split("."))), None)
        if answer is not None:
            found["answer"] = answer
    return found


def _argument(sink: Sink, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in sink.place.call.keywords if keyword.arg == name), None)


def _given(evaluator: Evaluator, sink: Sink, name: str) -> str | None:
    argument = _argument(sink, name)
    value = evaluator.ask(argument, sink.site) if argument is not None else ()
    return value[0].content if len(value) == 1 and isinstance(value[0].content, str) else None


def _is_given(evaluator: Evaluator, sink: Sink, steps: Sequence[str]) -> bool:
    argument = _argument(sink, steps[0])
    if argument is None:
        return False
    return len(steps) == 1 or any(steps[1] in record.entries for record in _records(evaluator.ask(argument, sink.site)))


def _left_out(evaluator: Evaluator, sink: Sink, steps: Sequence[str]) -> bool:
    """Whether an argument is known not to be given; what cannot be told may give it."""
    call = sink.place.call
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    value: Possible | None = None
    argument = _argument(sink, steps[0])
    if argument is not None:
        value = evaluator.ask(argument, sink.site)
    else:
        # What builds the arguments elsewhere may add to them by what a request holds.
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
        return all(isinstance(each, ast.Dict) and _lacks(evaluator.ask(each, sink.site), steps) for each in spread)
    return len(steps) > 1 and _lacks(value, steps[1:])


def _lacks(value: Possible, steps: Sequence[str]) -> bool:
    """Whether every reading of a value is a whole dict without the key at `steps`."""
    for each in value:
        match each.content:
            case Record(entries, None):
                if steps[0] in entries and (len(steps) == 1 or not _lacks(entries[steps[0]], steps[1:])):
                    return False
            case _:
                return False
    return bool(value)


def _records(value: Possible) -> Iterator[Record]:
    return (each.content for each in value if isinstance(each.content, Record))


def _prompt(evaluator: Evaluator, sink: Sink) -> str:
    """What is known of the texts a model is asked, the most telling first, cut."""
    pieces: list[str] = []
    for name in _PROMPTS:
        argument = _argument(sink, name)
        if argument is not None:
            pieces.extend(_texts(evaluator.ask(argument, sink.site)))
    return "\n".join(pieces)[:LONGEST_PROMPT]


def _texts(value: Possible) -> Iterator[str]:
    """The texts inside a value, in order, at most so many."""
    work: list[Content] = [each.content for each in reversed(value)]
    for _ in range(MOST_PIECES):
        if not work:
            return
        match work.pop():
            case str(text):
                yield text
            case Template(parts):
                yield " ".join(part for part in parts if isinstance(part, str))
            case Items(items):
                work.extend(each.content for item in reversed(items) for each in item)
            case Record(entries):
                work.extend(each.content for inner in reversed(list(entries.values())) for each in inner)


def _loop(sink: Sink) -> str | None:
    """The loop whose every turn makes the call with another record; retries and loops over models are not meant."""
    module = sink.site.scope.module
    statement: ast.stmt | None = sink.place.statement
    inside = {node.id for node in ast.walk(sink.place.call) if isinstance(node, ast.Name)}
    while statement is not None:
        place: Place | None = module.places.get(statement)
        owner = place.owner if place is not None else None
        if isinstance(owner, ast.ExceptHandler | ast.match_case):
            owner = module.owners.get(owner)
        if (
            isinstance(owner, ast.For | ast.AsyncFor)
            and place is not None
            and place.block is owner.body
            and _is_of_records(owner)
        ):
            built = inside | _built(owner, inside)
            targets = {node.id for node in ast.walk(owner.target) if isinstance(node, ast.Name)}
            if targets & built:
                return f"once per turn of 'for {ast.unparse(owner.target)} in {ast.unparse(owner.iter)}'"[:_LONGEST_LOOP]
        statement = owner if isinstance(owner, ast.stmt) else None
    return None


def _is_of_records(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop goes through a collection; `range` counts attempts, and what is written out is a list of cases."""
    match loop.iter:
        case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            return False
        case ast.Call(func=func):
            return dotted(func) not in ("range", "itertools.count", "count", "repeat", "itertools.repeat")
    return True


def _built(loop: ast.For | ast.AsyncFor, names: set[str]) -> set[str]:
    """The names that go into `names` by assignments of the loop's body."""
    sources: set[str] = set()
    for node in loop.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            if bound & (names | sources):
                sources |= {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
    return sources
