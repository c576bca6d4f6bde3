"""From what an expression may evaluate to, to the models a route takes: the last step every parser shares."""

from __future__ import annotations

from dataclasses import replace

from routelint import model_id
from routelint.model import Choice, Known, ModelId, OneOf, Unknown, Value
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, text_of

# Of what people wrote, even the longest address fits.
LONGEST_REASON = 400
# Of what lists identifiers, all that stands around them.
MOST_LISTED = 64
_LISTING = str.maketrans(dict.fromkeys(',[]"', " "))
# Starts the reason of a route that is left without a model.
NOT_SET = "no model is set"


def listed(possible: Possible) -> Possible:
    """Possibilities with texts that list identifiers taken apart: by commas or blanks, or as a list of JSON."""
    found: list[Possibility] = []
    for each in possible:
        parts = each.content.translate(_LISTING).split() if isinstance(each.content, str) else []
        if len(parts) <= MOST_LISTED and parts and parts != [each.content] and all(_is_identifier(part) for part in parts):
            found.extend(replace(each, content=part) for part in parts)
        else:
            found.append(each)
    return tuple(found)


def _is_identifier(text: str) -> bool:
    model = model_id.read(text)
    return model is not None and not model.is_pattern


def to_value(possible: Possible, *, bedrock_only: bool = True) -> Value | None:
    """The models behind `possible`; None where nothing of it is a Bedrock model.

    Where the place accepts other providers' models too (`bedrock_only` false), texts that are not Bedrock identifiers are
    left out. Where it does not, they are kept as written, so that a rule can say the catalog does not know them.
    """
    choices: dict[tuple[str, tuple[str, ...]], Choice] = {}
    holes: list[Unknown] = []
    for possibility in possible:
        read = _read(possibility, bedrock_only)
        if isinstance(read, Choice):
            choices.setdefault((read.model.id, read.environments), read)
            if (reason := _open_scope(read.model)) is not None:
                holes.append(Unknown(_in_one_line(reason), possibility.trail))
        elif read is not None:
            holes.append(read)
    # A value that may be missing is what code tells a request without one; why the others cannot be told says more.
    open_part = next((each for each in holes if not each.reason.startswith(NOT_SET)), holes[0] if holes else None)
    if not choices:
        return open_part
    if len(choices) == 1 and open_part is None:
        return Known(next(iter(choices.values())))
    return OneOf(tuple(choices.values()), open_part)


def _read(possibility: Possibility, bedrock_only: bool) -> Choice | Unknown | None:
    match possibility.content:
        case Hole(reason):
            return Unknown(_in_one_line(reason), possibility.trail)
        case Items() | Record():
            return Unknown("a list or map stands where a model identifier is expected", possibility.trail)
        case None:
            return Unknown(f"{NOT_SET}: the value is null", possibility.trail) if bedrock_only else None
        case Template() as template:
            model = model_id.read(str(template))
            if model is None or "${" in model.base:
                return Unknown(_in_one_line(_open_part(template, model)), possibility.trail)
        case scalar:
            text = text_of(scalar).strip()
            if not text:
                return Unknown(f"{NOT_SET}: the value is empty", possibility.trail) if bedrock_only else None
            model = model_id.read(text)
            if model is None:
                if not bedrock_only:
                    return None
                model = ModelId(text, text, text)
    return Choice(model, possibility.resolution, possibility.environments, possibility.trail)


def _in_one_line(reason: str) -> str:
    """A reason as one short clause: what it quotes of the scanned code may be any text."""
    if len(reason) > LONGEST_REASON:
        reason = reason[: LONGEST_REASON - 3] + "..."
    return reason if reason.isprintable() else " ".join(reason.split())


def _open_part(template: Template, model: ModelId | None) -> str:
    """Why the part that names the model cannot be told: a hole in the account or region says nothing about it."""
    holes = [part for part in template.parts if isinstance(part, Hole)]
    return next((hole.reason for hole in holes if model is not None and hole.label in model.base), holes[-1].reason)


def _open_scope(model: ModelId) -> str | None:
    """Why the scope prefix cannot be told, where it stands as a hole in the text."""
    if model.scope is not None and model.scope.startswith("${"):
        return f"the scope prefix '{model.scope}' cannot be told"
    return None
