"""The models Amazon Bedrock is known to offer: rows of the YAML files beside this one, read from their index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from routelint import model_id
from routelint.catalog.facts import (
    Details,
    Lifecycle,
    Model,
    Price,
    Prices,
    Status,
    blended,
    read_details,
    read_model,
)
from routelint.catalog.slips import Near, Slips
from routelint.deferred import dataclass
from routelint.model import Form, ModelId

__all__ = [
    "Catalog",
    "Cheaper",
    "Details",
    "Lifecycle",
    "Model",
    "Near",
    "Price",
    "Prices",
    "Status",
    "blended",
    "caveats",
    "load",
]

FOLDER = Path(__file__).parent
STALE_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Cheaper:
    """A cheaper model, what it costs as a share of the dearer one at list price, and what it cannot do that the other can."""

    model: Model
    ratio: float
    caveats: tuple[str, ...]


class Catalog:
    """The models known, asked by any spelling."""

    def __init__(self, index: Mapping[str, Any], details: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Takes the content of the index as `tools/build_data.py` writes it, and how to get that of the details."""
        self._rows: Mapping[str, Mapping[str, Any]] = index["models"]
        self._names: Mapping[str, str] = index["names"]
        self._constants: Mapping[str, str] = index["cdk"]
        self._kinds: Mapping[str, Sequence[str]] = index["kinds"]
        self._load_details = details
        self._read: dict[str, Model] = {}
        self.as_of = date.fromisoformat(index["as_of"])

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Every model, sorted by provider and id."""
        return tuple(self._model(identity) for identity in self._rows)

    def find(self, named: ModelId | str) -> Model | None:
        """The model an identifier names in a spelling AWS takes; None for what is opaque, a pattern or not known."""
        if isinstance(named, str):
            reading = model_id.read(named)
            if reading is None:
                identity = self._names.get(named)
                return self._model(identity) if identity is not None else None
            named = reading
        if named.form.opaque or named.is_pattern:
            return None
        identity = self._names.get(f"{named.base}:{named.context}") if named.context else None
        identity = identity or self._names.get(named.base)
        return self._model(identity) if identity is not None else None

    def knows(self, text: str) -> bool:
        """Whether a text names a model in any spelling, a misspelt one or a wildcard included."""
        reading = model_id.read(text)
        if reading is None or reading.form.opaque:
            return False
        if reading.is_pattern:
            # `google.*` may be anything; within an ARN it is a grant.
            vague = reading.base == "*" or (reading.base.endswith(".*") and reading.partition is None and reading.scope is None)
            return not vague and any(True for _ in self._matching(reading))
        return self.find(reading) is not None or self._slips.find(reading.base) is not None

    def match(self, pattern: ModelId | str) -> tuple[Model, ...]:
        """The models a wildcard stands for: by their ids, or by their profile ids where it names profiles."""
        reading = model_id.read(pattern) if isinstance(pattern, str) else pattern
        return () if reading is None or reading.form.opaque else tuple(self._matching(reading))

    def _matching(self, pattern: ModelId) -> Iterator[Model]:
        glob = pattern.id.replace("[", "[[]")
        if pattern.form is Form.SYSTEM_PROFILE:
            return self.where(lambda id_, scopes: any(fnmatchcase(f"{scope}.{id_}", glob) for scope in scopes))
        return self.where(lambda id_, scopes: fnmatchcase(id_, glob))

    def where(self, wanted: Callable[[str, Sequence[str]], bool]) -> Iterator[Model]:
        """The models that are wanted by their id and the scopes of their profiles, in the order of `models`.

        Each is read when it is come to: who asks whether there is one need not read all of them.
        """
        return (self._model(id_) for id_, row in self._rows.items() if wanted(id_, row.get("profiles", ())))

    def siblings(self, model: Model) -> tuple[Model, ...]:
        """The models of the same vendor and modality, itself included, in the order of `models`."""
        return tuple(map(self._model, self._kinds[f"{model.vendor} {model.modality}"]))

    def near(self, text: str) -> Near | None:
        """The known id nearest to one that is not known, and what is wrong with that one; None where nothing is near.

        The scope prefix stays where the model has such a profile.
        """
        reading = model_id.read(text)
        base = text if reading is None else reading.base
        near = self._slips.find(base) or self._alike(base)
        if near is None or reading is None or reading.scope not in self._model(near.id).profiles:
            return near
        return Near(f"{reading.scope}.{near.id}", near.reason)

    def replacement(self, model: Model, today: date) -> Model | None:
        """The active model to move to, following replacements that are themselves no longer active."""
        seen = {model.id}
        queue = list(model.replacements)
        while queue:
            identity = queue.pop(0)
            if identity in seen or identity not in self._rows:
                continue
            seen.add(identity)
            candidate = self._model(identity)
            if candidate.status(today) is Status.ACTIVE:
                return candidate
            queue.extend(candidate.replacements)
        return None

    def cheaper(self, model: Model, today: date) -> list[Cheaper]:
        """Active substitutes that cost less at list price, in the catalog's order: nearest in capability first."""
        if model.list_price is None:
            return []
        found = []
        for identity in model.substitutes:
            candidate = self._model(identity)
            if candidate.list_price is None or candidate.status(today) is not Status.ACTIVE:
                continue
            ratio = blended(candidate.list_price) / blended(model.list_price)
            if ratio < 1:
                found.append(Cheaper(candidate, ratio, caveats(model, candidate)))
        return found

    def cdk(self, name: str) -> str | None:
        """The id a constant of the AWS CDK stands for: `ANTHROPIC_CLAUDE_SONNET_4_6`."""
        return self._constants.get(name)

    def details(self, model: Model) -> Details:
        """What only a person asks of a model, sources among it; read from a second index on the first call."""
        return read_details(self._details[model.id])

    def stale(self, today: date) -> bool:
        """Whether the data are too old to be trusted on a day."""
        return today - self.as_of > STALE_AFTER

    def _alike(self, base: str) -> Near | None:
        # Costs 7 ms to import, and only a wrong id needs it.
        from difflib import get_close_matches

        close = get_close_matches(base.lower(), self._rows, n=1, cutoff=0.8)
        return Near(close[0], "the nearest known id") if close else None

    @cached_property
    def _slips(self) -> Slips:
        return Slips(self._rows)

    @cached_property
    def _details(self) -> Mapping[str, Any]:
        details: Mapping[str, Any] = self._load_details()["models"]
        return details

    def _model(self, identity: str) -> Model:
        model = self._read.get(identity)
        if model is None:
            model = self._read[identity] = read_model(identity, self._rows[identity])
        return model


# Smaller differences decide nothing: contexts of 1,000,000 and 1,050,000 hold the same prompt, and answers seldom near the cap.
_CONTEXT_LEEWAY = 0.9
_OUTPUT_LEEWAY = 0.5


def caveats(model: Model, substitute: Model) -> tuple[str, ...]:
    """What the substitute cannot do that the model can."""
    caveats = []
    if model.image_input and not substitute.image_input:
        caveats.append("no image input")
    context, other_context = model.context_window, substitute.context_window
    if context and other_context and other_context < _CONTEXT_LEEWAY * context:
        caveats.append(f"context {other_context} < {context}")
    output, other_output = model.max_output_tokens, substitute.max_output_tokens
    if output and other_output and other_output < _OUTPUT_LEEWAY * output:
        caveats.append(f"max output {other_output} < {output}")
    return tuple(caveats)


class _OfTheProgram(Catalog):
    """The catalog that comes with the program, which another process has too: it is loaded there, not sent."""

    def __reduce__(self) -> tuple[Callable[[], Catalog], tuple[()]]:
        return load, ()


@cache
def load() -> Catalog:
    """The catalog that comes with the program."""
    head, _, rows = (FOLDER / "index.json").read_text("utf-8").partition(_ROWS)
    index = {**json.loads(head + "}"), "models": _Rows(rows)}
    return _OfTheProgram(index, lambda: json.loads((FOLDER / "details.json").read_bytes()))


# The index has a line for every model, at its end.
_ROWS = ',\n"models":{\n'


class _Rows(Mapping[str, Mapping[str, Any]]):
    """Id -> row of the index, each read when it is first asked for: a scan asks for a few of them, and all take 1 ms."""

    def __init__(self, text: str) -> None:
        self._lines = {}
        for line in text.splitlines():
            identity, colon, row = line.partition('":')
            if colon:
                self._lines[identity[1:]] = row.rstrip(",")
        self._read: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, identity: str) -> Mapping[str, Any]:
        row = self._read.get(identity)
        if row is None:
            row = self._read[identity] = json.loads(self._lines[identity])
        return row

    def __contains__(self, identity: object) -> bool:
        return identity in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
