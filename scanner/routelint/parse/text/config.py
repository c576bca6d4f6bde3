"""Configuration files: scalar values of YAML, JSON and TOML trees that choose a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Evidence, Kind, ModelId, Resolution
from routelint.parse.text import shell, words
from routelint.parse.text.draft import File, Place, fallbacks, kind_of, literal
from routelint.parse.text.nodes import List, Map, Node, Scalar, Step, walk
from routelint.possible import Possible, known, unknown
from routelint.surfaces import Surface, indexed

# Keys that only name the thing they stand in; what it is used for is said further up.
_IDENTITY = frozenset(("id", "name", "value", "key", "arn", "ref", "type", "const"))
TREES = (".json", ".jsonc", ".json5", ".yaml", ".yml", ".template", ".toml")
_PAIR_NAMES = ("name", "Name", "key", "Key", "ParameterKey", "variable")
_PAIR_VALUES = ("value", "Value", "ParameterValue", "default")
_ALIASES = frozenset(("opus", "sonnet", "haiku", "fable", "opusplan", "default", "best"))
_SHORTEST = 5
_TRUE = frozenset(("1", "true", "yes", "on"))
# What spells a character of an identifier, as neither blanks nor quotes do.
_ESCAPE = lazy_regex(r"\\[^\"\\/nrtbf ]")
_SWITCH = "CLAUDE_CODE_USE_"
_SETTING_LINE = lazy_regex(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<quote>[\"']?)(?P<value>[^\"'\s]+)(?P=quote)")


@indexed
def of_files(rows: Sequence[Surface]) -> tuple[Surface, ...]:
    """The surfaces that name files of YAML, JSON or TOML."""
    return tuple(row for row in rows if any(each.strip().endswith((*TREES, "*")) for each in row.symbol.split(",")))


def places(file: File, documents: tuple[Node, ...], rows: tuple[Surface, ...]) -> Iterator[Place]:
    """Every place in the documents of a file that chooses a model; `rows` are surfaces that name files."""
    here = tuple(row for row in rows if _fits_file(row.symbol, file.path))
    for document in documents:
        for steps, scalar in walk(document, _may_matter):
            if steps:
                yield from _at(file, steps, scalar, here)


def may_matter(text: str) -> bool:
    """Whether a file of YAML or JSON may choose or permit a model: many only speak of Bedrock."""
    return (
        model_id.may_stand_in(text.replace("\\/", "/"))
        or _ESCAPE.search(text) is not None
        or _SWITCH in text
        or (("Action" in text or "actions" in text) and ("Effect" in text or "esource" in text))
    )


def matters(text: str) -> bool:
    """Whether a value of a long file tells anything, by itself or of the map around it: a model, an action, an effect."""
    return text in _EFFECTS or "bedrock" in text or _may_matter(text)


def _may_matter(text: str) -> bool:
    """Whether a value may name a model: most do not, and what leads to them need not be kept."""
    if len(text) < _SHORTEST:
        return text in _ALIASES or text == _EVERYTHING
    return (("." in text or "/" in text) and model_id.may_stand_in(text)) or text in _ALIASES or _is_everything(text)


def _is_everything(text: str) -> bool:
    """Whether a resource stands for all there is, or for all of Bedrock, models among them."""
    return text == _EVERYTHING or model_id.is_every_resource(text)


def _at(file: File, steps: tuple[Step, ...], scalar: Scalar, rows: tuple[Surface, ...]) -> Iterator[Place]:
    if scalar.text in _ALIASES and _key(steps) in _CLAUDE_CODE and _uses_bedrock(steps):
        reason = f"Claude Code decides what the alias '{scalar.text}' stands for when it runs"
        yield _place(file, steps, scalar, unknown(reason), None, None)
        return
    if _is_everything(scalar.text):
        statement = _statement(steps)
        if statement is not None and words.says_grant(_key(steps)) and _lets(statement, _invokes):
            yield _place(file, steps, scalar, literal(scalar.text), None, None, Kind.GRANT)
        return
    model = file.identify(scalar.text.strip())
    if model is None:
        yield from _inside(file, steps, scalar)
        return
    row = next((row for row in rows if _fits_path(row.carrier, _path(steps)) and _holds(row, scalar)), None)
    if not _chooses(steps, scalar, model, row):
        return
    possible: Possible = literal(scalar.text.strip())
    if scalar.anchor is not None:
        hop = file.hop(scalar.anchor.start, scalar.anchor.end, "the anchor it repeats")
        possible = known(scalar.text.strip(), Resolution.CONSTANT, (hop,))
    yield _place(file, steps, scalar, possible, model, row)


def _holds(row: Surface, scalar: Scalar) -> bool:
    """Whether a value has the text without which a row does not mean it: `value~bedrock:`."""
    _, _, text = (row.when or "").partition("~")
    return text in scalar.text


def _inside(file: File, steps: tuple[Step, ...], scalar: Scalar) -> Iterator[Place]:
    """Places inside a longer text: a default of a variable, `NAME=value`, a command line."""
    if words.says_documentation(_key(steps)) or _is_recorded(steps):
        return
    raw = file.source.text[scalar.start : scalar.end]
    for start, end, value in fallbacks(raw):
        model = file.identify(value)
        if model is not None and _says_model(steps):
            inner = Scalar(value, scalar.start + start, scalar.start + end)
            yield _place(file, steps, inner, known(value, Resolution.ENV_DEFAULT), model, None, Kind.DEFAULT)
            return
    setting = _SETTING_LINE.fullmatch(scalar.text)
    if setting is not None and words.says_model(setting["name"]):
        model = file.identify(setting["value"])
        found = raw.find(setting["value"])
        if model is not None and found >= 0:
            inner = Scalar(setting["value"], scalar.start + found, scalar.start + found + len(setting["value"]))
            yield _place(file, steps, inner, literal(inner.text), model, None, name=setting["name"])
        return
    if " " in scalar.text or "\n" in scalar.text:
        evidence = _evidence(file, steps, scalar)
        for place in shell.commands(file, scalar.start, scalar.end, f"{file.name}:{_path(steps, named=True)}"):
            yield replace(place, evidence=evidence)


def _place(
    file: File,
    steps: tuple[Step, ...],
    scalar: Scalar,
    value: Possible,
    model: ModelId | None,
    row: Surface | None,
    kind: Kind | None = None,
    name: str | None = None,
) -> Place:
    path = _path(steps, named=True)
    called = name or _name(steps)
    if kind is None:
        kind = Kind.GRANT if model is not None and _is_grant(steps) else None
    if kind is None:
        kind = kind_of(model, f"{called} {_key(steps)}", row.kind if row else None) if model is not None else Kind.INVOKE
    if kind is not Kind.GRANT and _is_example(file.name):
        kind = Kind.DEFAULT
    statement = next((step.key.start for step in reversed(steps) if step.key is not None), scalar.start)
    return Place(
        scalar.start,
        scalar.end,
        (min(statement, scalar.start), scalar.end),
        f"{row.framework}.{_key(steps)}" if row is not None else called,
        f"{file.name}:{path}" + (f"={name}" if name else ""),
        kind,
        value,
        bedrock_only=model is None or model.is_pattern,
        evidence=_evidence(file, steps, scalar),
    )


def _is_example(name: str) -> bool:
    return any(part in ("example", "sample", "template", "dist") for part in re.split(r"[._-]", name.lower()))


def _chooses(steps: tuple[Step, ...], scalar: Scalar, model: ModelId, row: Surface | None) -> bool:
    """Whether a value that names a model chooses it, and is not documentation, a list to choose from, or a record."""
    names = _names(steps)
    if any(words.says_documentation(name) for name in names) or _is_recorded(steps):
        return False
    if words.says_grant(_key(steps)) and (statement := _statement(steps)) is not None:
        return _lets(statement, _uses) and (scalar.text.startswith("arn:") or "${" in scalar.text)
    if model.is_pattern:
        return False
    if row is not None:
        return True
    if _is_priced(steps):
        return False
    if any(words.says_listing(name) for name in names) and not words.says_default(_key(steps)):
        return False
    if not _says_model(steps):
        return False
    return not _is_listed(steps, model)


def _is_listed(steps: tuple[Step, ...], model: ModelId) -> bool:
    """Whether other models stand beside this one in a way that only a list to choose from has."""
    for depth in range(len(steps) - 1, -1, -1):
        step = steps[depth]
        below = steps[depth + 1 :]
        if isinstance(step.container, List):
            beside, differ = _beside(step.container, below)
            if len(beside) < 2:
                continue
            if not below:
                return True
            last = _name(steps)
            owner = _key(steps[:depth])
            if last.lower() in _IDENTITY or not words.says_model(last):
                return True
            # Each with a model of its own and nothing else in common than being a model: a catalogue.
            if words.says_model(owner) and differ and not _has_role(steps[depth + 1 :]):
                return True
        elif depth == len(steps) - 1 and step.key is not None and not words.says_model(step.key.text):
            if isinstance(step.container, Map) and step.container.asked("aliases", _holds_aliases):
                return True
            if words.describes(step.key.text, model.base) and words.says_model(_key(steps[:-1])):
                return True
    # A map from identifiers to something about them.
    return any(step.key is not None and _reads(step.key.text) for step in steps)


def _holds_aliases(table: Map) -> bool:
    """Whether a map gives short names or regions to several models."""
    models = [(name.text, value.text) for name, value in table.entries if isinstance(value, Scalar) and _reads(value.text)]
    return len(models) >= 2 and any(words.describes(name, text) or _REGION.fullmatch(name) for name, text in models)


_REGION = lazy_regex(r"[a-z]{2}(?:-[a-z]+)+-\d|us|eu|apac|global|jp|au")
_READS = lazy_regex(r"[a-z0-9]+\.[a-z]+[a-z0-9.:/-]*\d")


def _reads(text: str) -> bool:
    """Whether a text may be an identifier: cheap, since it is asked of every sibling."""
    return len(text) < 200 and "." in text and _READS.search(text) is not None


def _beside(container: List, below: tuple[Step, ...]) -> tuple[tuple[str, ...], bool]:
    """The identifiers at the same place of every item of a list, and whether no two of them are the same."""
    key = ".".join(step.key.text if step.key is not None else str(step.index) for step in below)
    found = container.identifiers.get(key)
    if found is None:
        texts = tuple(text for item in container.items if (text := _same_place(item, below)) is not None)
        found = container.identifiers[key] = (texts, len(set(texts)) == len(texts))
    return found


def _same_place(item: Node, below: tuple[Step, ...]) -> str | None:
    """The identifier at the same place of a sibling item."""
    node: Node | None = item
    for step in below:
        if isinstance(node, Map) and step.key is not None:
            node = node.get(step.key.text)
        elif isinstance(node, List) and step.key is None and step.index < len(node.items):
            node = node.items[step.index]
        else:
            return None
    return node.text if isinstance(node, Scalar) and _reads(node.text) else None


def _has_role(below: tuple[Step, ...]) -> bool:
    """Whether the item says how the model is used: it nests it, or holds settings of a call beside it."""
    if len(below) > 1:
        return True
    container = below[0].container
    settings = (
        "provider",
        "temperature",
        "region",
        "roles",
        "role",
        "aws_region_name",
        "apiBase",
        "env",
        "max_tokens",
        "maxTokens",
    )
    return isinstance(container, Map) and not set(settings).isdisjoint(container.keys())


def _says_model(steps: tuple[Step, ...]) -> bool:
    """Whether the key, what the pair is called, or something above says that a model stands here."""
    key = _key(steps)
    if words.says_model(_name(steps)):
        return True
    if any(words.says_model(name) or "bedrock" in name.lower() for name in _names(steps)[:-1]):
        return key.lower() not in _IDENTITY or not isinstance(steps[-1].container, List)
    return False


def _is_priced(steps: tuple[Step, ...]) -> bool:
    """Whether prices stand beside the value, or one level below what stands beside it."""
    container = steps[-1].container
    return isinstance(container, Map) and container.asked("priced", _holds_prices)


def _holds_prices(table: Map) -> bool:
    for name, value in table.entries:
        inner = value.items[:3] if isinstance(value, List) else [value]
        if isinstance(value, Scalar) and words.says_price(name.text):
            return True
        if any(isinstance(item, Map) and _is_price(item) for item in inner):
            return True
    return False


def _is_price(table: Map) -> bool:
    """Whether a map prices what it stands in; one that names a model itself prices that."""
    priced = any(isinstance(value, Scalar) and words.says_price(name.text) for name, value in table.entries)
    return priced and not any(isinstance(value, Scalar) and _reads(value.text) for _, value in table.entries)


def _is_recorded(steps: tuple[Step, ...]) -> bool:
    """Whether the value stands in an answer of the service or in the record of a run."""
    return any(isinstance(step.container, Map) and step.container.asked("recorded", _holds_record) for step in steps)


def _holds_record(table: Map) -> bool:
    return any(
        words.says_recorded(name.text, value.text if isinstance(value, Scalar) else None) for name, value in table.entries
    )


def _is_grant(steps: tuple[Step, ...]) -> bool:
    return words.says_grant(_key(steps)) and _statement(steps) is not None


def _statement(steps: tuple[Step, ...]) -> Map | None:
    """The statement of a policy that a value stands in; None where it stands in none."""
    for step in reversed(steps):
        if isinstance(step.container, Map) and any(step.container.get(key) is not None for key in _ACTIONS):
            return step.container
    return None


def _lets(statement: Map, wanted: Callable[[str], bool]) -> bool:
    """Whether a statement allows an action that is wanted, or leaves open which it allows."""
    effects = {text.lower() for key in ("Effect", "effect") for text in _texts(statement.get(key))}
    if "deny" in effects:
        return False
    actions = [text.lower() for key in _ACTIONS[:3] for text in _texts(statement.get(key))]
    return not actions or any(wanted(action) for action in actions)


def _texts(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, List) else [node]
    return tuple(item.text for item in items if isinstance(item, Scalar))


def _invokes(action: str) -> bool:
    return any(action.startswith("bedrock:") and fnmatchcase(invocation, action) for invocation in _INVOCATIONS)


def _uses(action: str) -> bool:
    """Whether an action does more with models than look at them, label and delete them."""
    return not action.startswith(_READING)


_EVERYTHING = "*"
_EFFECTS = frozenset(("Allow", "Deny"))
_ACTIONS = ("Action", "Actions", "actions", "NotAction")
_INVOCATIONS = ("bedrock:invokemodel", "bedrock:invokemodelwithresponsestream", "bedrock:converse")
_READING = ("bedrock:get", "bedrock:list", "bedrock:tag", "bedrock:untag", "bedrock:delete")


_CLAUDE_CODE = frozenset(
    (
        "ANTHROPIC_MODEL",
        "ANTHROPIC_SMALL_FAST_MODEL",
        "ANTHROPIC_DEFAULT_OPUS_MODEL",
        "ANTHROPIC_DEFAULT_SONNET_MODEL",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL",
        "CLAUDE_CODE_SUBAGENT_MODEL",
    )
)


def _uses_bedrock(steps: tuple[Step, ...]) -> bool:
    """Whether the same map switches Claude Code to Bedrock."""
    container = steps[-1].container
    if not isinstance(container, Map):
        return False
    switches = (container.get(name) for name in (f"{_SWITCH}BEDROCK", f"{_SWITCH}MANTLE"))
    return any(isinstance(value, Scalar) and value.text.lower() in _TRUE for value in switches)


def _evidence(file: File, steps: tuple[Step, ...], scalar: Scalar) -> tuple[Evidence, ...]:
    """The environment that a key on the way names."""
    for depth in range(len(steps) - 1, -1, -1):
        step = steps[depth]
        if isinstance(step.container, Map) and step.key is not None and step.key.text.lower() in words.ENVIRONMENTS:
            parent = _key(steps[:depth])
            if words.names_environment(step.key.text, step.container.keys(), parent):
                place = file.location(step.key.start, step.key.end)
                return (Evidence(step.key.text.lower(), f"key '{_path(steps[: depth + 1])}'", place),)
    return _deployed(file, steps)


def _deployed(file: File, steps: tuple[Step, ...]) -> tuple[Evidence, ...]:
    """The environment that a job of a pipeline deploys to, or the namespace that a Kubernetes object is put into."""
    is_pipeline = _PIPELINE.search(f"/{file.path}") is not None
    for step in reversed(steps):
        if not isinstance(step.container, Map):
            continue
        said = step.container.get("environment") if is_pipeline else None
        named = said.get("name") if isinstance(said, Map) else said
        if isinstance(named, Scalar) and named.text and not _EXPRESSION.search(named.text):
            return (Evidence(named.text, "environment of the job", file.location(named.start, named.end)),)
        metadata = step.container.get("metadata") if step.container.get("apiVersion") is not None else None
        space = metadata.get("namespace") if isinstance(metadata, Map) else None
        if isinstance(space, Scalar) and space.text.lower() in words.ENVIRONMENTS:
            return (Evidence(space.text, "namespace", file.location(space.start, space.end)),)
    return ()


_PIPELINE = lazy_regex(
    r"/\.github/workflows/[^/]+\.ya?ml$|/\.gitlab-ci[^/]*\.ya?ml$|/azure-pipelines[^/]*\.ya?ml$|/\.gitlab/.*\.ya?ml$"
)
_EXPRESSION = lazy_regex(r"\$|\{\{")


def _key(steps: tuple[Step, ...]) -> str:
    """The nearest key; empty where there is none."""
    return next((step.key.text for step in reversed(steps) if step.key is not None), "")


def _names(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step.key.text for step in steps if step.key is not None)


def _name(steps: tuple[Step, ...]) -> str:
    """What the value is called: the key, or the name beside it in a pair of name and value."""
    key = _key(steps)
    container = steps[-1].container if steps else None
    if key in _PAIR_VALUES and isinstance(container, Map):
        for name in _PAIR_NAMES:
            beside = container.get(name)
            if isinstance(beside, Scalar):
                return beside.text
    if key == "default" and len(steps) > 1:
        return f"{_key(steps[:-1])}.default"
    return key


def _path(steps: tuple[Step, ...], *, named: bool = False) -> str:
    """The keys to a value: `models[].id`, or with names `models[chat].id`."""
    parts: list[str] = []
    for step in steps:
        if step.key is not None:
            parts.append(f".{step.key.text}" if parts else step.key.text)
        else:
            parts.append(f"[{_item_name(step) if named else ''}]")
    return "".join(parts)


def _item_name(step: Step) -> str:
    """What an item of a list is called: its own name where it has one, else its place."""
    item = step.container.items[step.index] if isinstance(step.container, List) else None
    if isinstance(item, Map):
        for key in ("name", "id", "title", "model_name", "label"):
            found = item.get(key)
            if isinstance(found, Scalar) and 0 < len(found.text) <= 80 and not _reads(found.text):
                return found.text
    return str(step.index)


def _fits_file(pattern: str, path: str) -> bool:
    return any(_glob(each.strip(), "/").search(f"/{path}") for each in pattern.split(","))


def _fits_path(pattern: str, path: str) -> bool:
    return any(_glob(each.strip(), ".").search(f".{path}") for each in pattern.split(","))


@lru_cache(maxsize=512)
def _glob(pattern: str, separator: str) -> re.Pattern[str]:
    """A pattern over the end of a path; `*` stays inside one part."""
    body = re.escape(pattern).replace(r"\*", f"[^{re.escape(separator)}]*")
    return re.compile(f"{re.escape(separator)}{body}$")
