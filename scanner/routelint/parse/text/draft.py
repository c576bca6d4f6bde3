"""What every reader of text files hands over: places that name a model, and how they become routes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from routelint import model_id
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence, Form, Hop, Kind, Location, ModelId, ModelReference, Resolution, Span
from routelint.parse.parsed import MOST_ROUTES_OF_A_FILE, ParseContext, Parsed, too_many_routes
from routelint.parse.route import to_value
from routelint.parse.text import words
from routelint.possible import Possible, known
from routelint.source import SourceText

# Folders and names of files that hold the tests of programs, as their runners find them.
_TEST_FOLDERS = frozenset(("__mocks__", "__tests__", "e2e", "spec", "test", "testing", "tests"))
_TEST_NAME = lazy_regex(
    r".*[._](?:test|tests|spec|e2e)\.\w+|test[_-].*|.*(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|scala|groovy|swift|php)"
)
# A longer text is no identifier; holes spelt out make one longer than what reaches the service.
LONGEST = 2048

_FALLBACK = lazy_regex(
    r"\$\{[^{}$]*?:[-=]?[\"']?(?P<value>[a-z][^{}\"']*)[\"']?\}|(?:default|\?\?|\|\|)\s*\(?\s*[\"'](?P<quoted>[^\"']+)[\"']"
)


@dataclass(frozen=True)
class File:
    """One text file: its text, what the parser may ask, and the language its routes are said to be in."""

    source: SourceText
    context: ParseContext
    language: str

    @property
    def path(self) -> str:
        """The path relative to the root."""
        return self.source.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is a test or a part of one."""
        *folders, name = self.path.split("/")
        return not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.fullmatch(name) is not None

    def location(self, start: int, end: int, symbol: str = "") -> Location:
        """The place between two offsets."""
        return Location(self.path, self.source.span(start, end), symbol)

    def hop(self, start: int, end: int, note: str) -> Hop:
        """A step of a trail that passes between two offsets."""
        return Hop(self.location(start, end), note)

    def identify(self, text: str, *, partial: bool = False) -> ModelId | None:
        """The model a whole text names; None where it names none. Wildcards name one only in ARNs.

        With `partial`, an ARN of which only the model is a hole counts too.
        """
        if not 5 <= len(text) <= LONGEST or ("." not in text and "/" not in text) or "\n" in text:
            return None
        model = model_id.read(text) if model_id.may_stand_in(text) else None
        if model is None or " " in re.sub(r"\$\{[^}]*\}", "", model.id) or (model.id == "*" and "arn:" not in text):
            return None
        if model.is_pattern and "arn:" not in text:
            return None
        if model.form is Form.BARE and model.base.startswith("${") and not (partial and text.startswith("arn:")):
            return None
        # An unusual prefix before a provider is a name that somebody made up around an identifier.
        if model.scope is not None and model.scope not in model_id.SCOPES and "${" not in model.scope:
            return None
        return model


@dataclass(frozen=True, slots=True)
class Place:
    """One place that names a model: offsets of the value and of its statement, what it is called, and what it may be.

    `root` is the function that runs the code, where several do.
    """

    start: int
    end: int
    statement: tuple[int, int]
    sink: str
    symbol: str
    kind: Kind
    value: Possible
    bedrock_only: bool = False
    root: str = "."
    settings: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


def reference(file: File, place: Place) -> ModelReference | None:
    """The route at a place; None where it names no Bedrock model."""
    value = to_value(place.value, bedrock_only=place.bedrock_only)
    if value is None:
        return None
    evidence = place.evidence
    if not evidence and (environment := words.environment_of_file(file.name)) is not None:
        evidence = (Evidence(environment, f"file name '{file.name}'", file.location(place.start, place.end)),)
    return ModelReference(
        location=file.location(place.start, place.end, place.symbol),
        language=file.language,
        kind=place.kind,
        sink=place.sink,
        value=value,
        statement=_span(file, place.statement),
        root=place.root,
        settings=place.settings,
        evidence=evidence,
    )


def _span(file: File, offsets: tuple[int, int]) -> Span:
    return file.source.span(*offsets)


def literal(text: str, resolution: Resolution = Resolution.LITERAL) -> Possible:
    """Exactly this text."""
    return known(text, resolution)


def kind_of(model: ModelId, name: str = "", kind: Kind | None = None) -> Kind:
    """What a route does with a model: what its surface says, else whether it is a default, an embedding or an invocation."""
    if words.says_default(name):
        return Kind.DEFAULT
    if kind is not None and kind is not Kind.INVOKE:
        return kind
    return Kind.EMBED if embeds(model) else Kind.INVOKE


def embeds(model: ModelId) -> bool:
    """Whether a model makes embeddings, told from the family in its name."""
    return any(family in model.base for family in ("embed", "marengo"))


def fallbacks(text: str) -> Iterator[tuple[int, int, str]]:
    """The values that apply where a variable is not set, in `${NAME:-value}` and its relatives: start, end and text."""
    for match in _FALLBACK.finditer(text):
        group = "value" if match["value"] else "quoted"
        value = match[group]
        if model_id.read(value) is None and ":" in value:
            # `${localEnv:NAME:value}`: only the end can be the value, and identifiers hold colons themselves.
            for start, end, model in model_id.find_all(value):
                if end == len(value) and value[start - 1 : start] == ":":
                    yield match.start(group) + start, match.start(group) + end, model.text
            continue
        yield match.start(group), match.end(group), value.strip()


def told(file: File, places: Iterator[Place]) -> Parsed:
    """The routes at places, each value once, in the order written; what a told value is made of is no route beside it."""
    found: dict[tuple[int, int, str], ModelReference] = {}
    for place in places:
        made = reference(file, place)
        if made is not None:
            found.setdefault((place.start, place.end, place.root), made)
            if len(found) > MOST_ROUTES_OF_A_FILE:
                break
    # How far what starts at an offset reaches: asking every route of every other took minutes for 100,000 of them.
    reaches: dict[int, int] = {}
    for (start, end, _), made in found.items():
        if made.choices and made.kind is not Kind.GRANT:
            reaches[start] = max(end, reaches.get(start, end))
    kept: list[ModelReference] = []
    farthest = -1
    for start, keys in itertools.groupby(sorted(found), key=lambda key: key[0]):
        here = reaches.get(start, -1)
        kept += [found[key] for key in keys if key[1] > farthest and key[1] >= here]
        farthest = max(farthest, here)
    errors = (too_many_routes(file.path),) if len(found) > MOST_ROUTES_OF_A_FILE else ()
    return Parsed(tuple(kept[:MOST_ROUTES_OF_A_FILE]), errors=errors)
