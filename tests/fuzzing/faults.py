"""What counts as a fault beside an exception that nobody documented: outcomes that no outcome may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from routelint.model import Choice, Known, Location, ModelReference, OneOf, ScanError, Unknown
from routelint.parse.parsed import Parsed
from routelint.source import NotTextError, decode

_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|\d+|\S{30,}")


class FaultError(Exception):
    """An outcome that must not be. `kind` is one word."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


@dataclass(frozen=True)
class Outcome:
    """What a target came to: `features` tell new behaviour from old, `value` is compared between two runs by its repr.

    `reached` is False where nothing of the input came to what is fuzzed.
    """

    features: frozenset[str] = frozenset()
    value: object = None
    reached: bool = True


def masked(text: str) -> str:
    """A message without what varies from input to input."""
    return _VARYING.sub("_", text)[:120]


@dataclass
class Places:
    """The lines of the files of an input, counted when a place in them is first looked at."""

    files: Mapping[str, bytes]
    _lengths: dict[str, list[int] | None] = field(default_factory=dict)

    def check(self, location: Location) -> None:
        """Raises a fault where there is no such place."""
        span = location.span
        if location.path not in self.files:
            raise FaultError("place", f"path '{location.path}' is no file of the input")
        if not 1 <= span.start_line <= span.end_line or min(span.start_column, span.end_column) < 1:
            raise FaultError("place", f"no span: {span}")
        if span.start_line == span.end_line and span.end_column < span.start_column:
            raise FaultError("place", f"a span that ends before it starts: {span}")
        lengths = self._lines(location.path)
        if lengths is None:
            return
        for line, column in ((span.start_line, span.start_column), (span.end_line, span.end_column)):
            if line > len(lengths) or column > lengths[line - 1] + 1:
                raise FaultError("place", f"line {line} column {column} lies outside of '{location.path}'")

    def _lines(self, path: str) -> list[int] | None:
        if path not in self._lengths:
            try:
                self._lengths[path] = [len(line) for line in decode(path, self.files[path]).lines()]
            except NotTextError:
                self._lengths[path] = None
        return self._lengths[path]


def check_errors(errors: tuple[ScanError, ...], files: Mapping[str, bytes]) -> None:
    """Raises a fault where an error is one of ours, or says nothing or no place."""
    for error in errors:
        if error.internal:
            raise FaultError("internal", error.message)
        if error.path not in files or error.line < 1 or error.column < 1 or not error.message.strip():
            raise FaultError("error", f"no place or no message: {error}")


def check_parsed(parsed: Parsed, files: Mapping[str, bytes]) -> Outcome:
    """The outcome of a parser, looked through.

    Raises:
        FaultError: something in it cannot be.
    """
    check_errors(parsed.errors, files)
    places = Places(files)
    features = {masked(error.message) for error in parsed.errors}
    for reference in parsed.references:
        places.check(reference.location)
        features.update(_of_reference(reference, places))
    for resource in parsed.resources:
        places.check(resource.location)
        features.add(f"resource {resource.type[:60]} {resource.tags is None}")
    for setting in parsed.settings:
        places.check(setting.location)
        features.add(f"setting {len(setting.value)} {bool(setting.code)}")
        features.update(f"setting {type(each.content).__name__} {each.resolution}" for each in setting.value)
    for statement in parsed.statements:
        places.check(statement.location)
        features.add(
            f"statement {statement.effect} {len(statement.actions)} {len(statement.conditions)} {bool(statement.principals)}"
        )
    for principal in parsed.principals:
        places.check(principal.location)
        features.add(f"principal {principal.type[:60]} {bool(principal.code)}")
    return Outcome(frozenset(features), parsed)


def _of_reference(reference: ModelReference, places: Places) -> Iterator[str]:
    what = f"{reference.sink[:80]} {reference.kind} {reference.root != '.'}"
    yield f"{what} {type(reference.value).__name__}"
    choices: tuple[Choice, ...]
    match reference.value:
        case Known(choice):
            choices, rest = (choice,), None
        case OneOf(choices, rest):
            if len(choices) + (rest is not None) < 2:
                raise FaultError("value", f"alternatives that are none: {reference.value}")
        case Unknown() as rest:
            choices = ()
    for choice in choices:
        yield f"{what} {choice.resolution} {choice.model.form} {len(choice.trail)} {bool(choice.environments)}"
        for hop in choice.trail:
            places.check(hop.location)
            yield masked(hop.note)
    if rest is not None:
        if not rest.reason.strip() or "\n" in rest.reason:
            raise FaultError("reason", f"no reason in one line: {rest.reason!r}")
        for hop in rest.trail:
            places.check(hop.location)
        yield f"{what} {masked(rest.reason)}"
