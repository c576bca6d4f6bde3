"""The text fallback: literal identifiers in assignment-like places of files that no other parser reads.

Configuration (YAML, JSON, TOML, dotenv, properties), program code other than Python, shell scripts, Dockerfiles. Comments,
documentation, listings of models, price tables and recorded answers are not routes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from routelint import surfaces
from routelint.deferred import lazy_regex
from routelint.model import Kind, ModelReference, ScanError
from routelint.parse import lexicon, observing
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, ParseContext, Parsed, merge
from routelint.parse.text import config, literals, nodes, running, shell, sinks, statements, variables
from routelint.parse.text.containers import of_containers
from routelint.parse.text.draft import File, Place, reference
from routelint.parse.text.groups import MOST_TOKENS
from routelint.parse.text.imports import Imports, is_script
from routelint.parse.text.paths import Paths
from routelint.parse.text.scope import Reader
from routelint.source import NotTextError, SourceUnit, decode
from routelint.surfaces import Surface

_PROGRAMS = frozenset(("javascript", "java", "kotlin", "go", "csharp", "rust", "ruby", "php", "swift", "sql", "baml"))
# A file with longer lines is machine-made.
LONGEST_LINE = 5000
_TEMPLATED = lazy_regex(r"\{\{|\{%|<%|\$\{\{")


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """The routes of every marked file of the unit, and the environment variables that some of them set for code."""
    rows = context.surfaces or _surfaces()
    paths = Paths(context.tree.paths())
    rows_of_files = config.of_files(rows)
    parts: list[Parsed] = []
    programs: list[File] = []
    configuration: list[File] = []
    for path in unit.marked:
        data = context.tree.read(path)
        if data is None:
            continue
        try:
            file = File(decode(path, data), context, _language(path))
        except NotTextError as error:
            parts.append(Parsed(errors=(ScanError(path, str(error)),)))
            continue
        if _is_program(file):
            programs.append(file)
            continue
        configuration.append(file)
        try:
            parts.append(_of_data(file, rows_of_files))
        except nodes.MalformedError as error:
            if not _is_json(file) or isinstance(error, nodes.TooLargeError):
                parts.append(_by_lines(file, error))
                continue
            # JSON with comments is read like a program, and so is what can be read of broken JSON.
            programs.append(file)
            if not _has_comments(file.source.text):
                parts.append(Parsed(errors=(_error(file, error),)))
    containers = of_containers(configuration, unit.paths, context.settings.settings)
    parts.append(Parsed(settings=tuple(containers)))
    scripts = tuple(path for path in unit.paths if is_script(path))
    reader = Reader(Imports(context.tree, paths.files, scripts), programs)
    parts.extend(_of_programs(reader, rows, context, paths, merge(parts).settings))
    seen = (each for file in (*programs, *configuration) for each in observing.of_file(file.source, file.language))
    made, apps = observing.of_apps(context.tree, unit.paths, unit.marked, "typescript")
    parts.append(Parsed(resources=observing.once((*seen, *made)), principals=tuple(apps)))
    return merge(parts)


@cache
def _surfaces() -> tuple[Surface, ...]:
    return tuple(row for name in ("typescript", "config", "other") for row in surfaces.load(name))


def _of_data(file: File, rows: tuple[Surface, ...]) -> Parsed:
    """What a file holds that is no program.

    Raises:
        MalformedError: it is not what its name says.
    """
    name = file.name.lower()
    if lexicon.of_path(file.path).name in _PROGRAMS:
        return Parsed()
    if not name.endswith(config.TREES) or _language(file.path) == "dotenv":
        return Parsed(_references(file, shell.places(file)))
    if name.endswith(".toml"):
        documents: tuple[nodes.Node, ...] = (nodes.read_toml(file.source.text),)
    elif config.may_matter(file.source.text):
        documents = nodes.read_yaml(file.source.text, config.matters)
    else:
        nodes.check_yaml(file.source.text)
        return Parsed()
    return Parsed(
        _references(file, config.places(file, documents, rows)),
        settings=tuple(variables.of_data(file, documents)),
        statements=tuple(statements.of_data(file, documents)),
    )


def _by_lines(file: File, error: nodes.MalformedError) -> Parsed:
    """What the lines of a malformed configuration file say, and the error; a template is no error before it was rendered."""
    references = _references(file, shell.places(file))
    if _TEMPLATED.search(file.source.text):
        return Parsed(references)
    return Parsed(references, errors=(_error(file, error),))


def _error(file: File, error: nodes.MalformedError) -> ScanError:
    name = file.name.lower()
    kind = "JSON" if ".json" in name else "TOML" if name.endswith(".toml") else "YAML"
    return ScanError(file.path, f"cannot be read as {kind}: {error}", error.line, error.column)


def _of_programs(
    reader: Reader,
    rows: tuple[Surface, ...],
    context: ParseContext,
    paths: Paths,
    settings: tuple[EnvironmentSetting, ...],
) -> Iterator[Parsed]:
    """What programs hold. Variables that some set are read by others, and constants of some are taken by calls of others."""
    constructs = (file for file in reader.programs if lexicon.of_path(file.path).name == "javascript")
    own = tuple(setting for file in constructs for setting in variables.of_code(reader, file, paths))
    known = running.with_imports((*context.settings.settings, *settings, *own), reader.imports)
    joined = replace(context, settings=EnvironmentSettings(tuple(known)))
    files = [replace(file, context=joined) for file in reader.programs]
    reader = reader.knowing(files)
    called = sinks.by_name(rows)
    for file in files:
        yield Parsed(_references(file, sinks.places(reader, file, called)))
    for file in files:
        if lexicon.of_path(file.path).name == "javascript" and not file.is_test:
            yield Parsed(_references(file, variables.places(reader, file)))
    # Literals come last of the routes: one that a call of another file takes is none of its own. In a test they are fixtures.
    for file in files:
        if not file.is_test:
            yield Parsed(_references(file, literals.places(reader, file)))
    # After all of them, since what a permission names may be a route as well.
    for file in files:
        if not file.is_test:
            yield Parsed(statements=tuple(statements.of_code(reader, file)))
    cut = (file.path for file in files if file.path in reader.structures.cut)
    said = f"has more than {MOST_TOKENS:,} words and marks: what follows is not looked at"
    yield Parsed(settings=own, errors=tuple(ScanError(path, said) for path in cut))


def _is_json(file: File) -> bool:
    """Whether a file is meant to be JSON, as people write it."""
    text = file.source.text.lstrip("\ufeff \t\r\n")
    return (
        file.name.lower().endswith((".json", ".jsonc", ".json5")) and text[:1] in ("{", "[", "/") and not _is_machine_made(text)
    )


def _has_comments(text: str) -> bool:
    """Whether JSON has comments, as people write it."""
    marked = "//" in text or "/*" in text
    return marked and next(lexicon.comments(text, lexicon.LEXICONS["json"]), None) is not None


def _language(path: str) -> str:
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith((".ts", ".tsx", ".mts", ".cts")):
        return "typescript"
    if "dockerfile" in name or "containerfile" in name:
        return "dockerfile"
    if name.startswith(".env") or name.endswith(".env"):
        return "dotenv"
    if name == "makefile":
        return "makefile"
    return lexicon.of_path(path).name


def _is_program(file: File) -> bool:
    return lexicon.of_path(file.path).name in _PROGRAMS and not _is_machine_made(file.source.text)


def _is_machine_made(text: str) -> bool:
    """Whether a text has a line that no person writes, as bundled programs do."""
    position = 0
    while (newline := text.find("\n", position)) >= 0:
        if newline - position > LONGEST_LINE:
            return True
        position = newline + 1
    return len(text) - position > LONGEST_LINE


def _references(file: File, places: Iterator[Place]) -> tuple[ModelReference, ...]:
    """The routes at places, each value once, in the order written; what a told value is made of is no route beside it."""
    found: dict[tuple[int, int, str], ModelReference] = {}
    for place in places:
        made = reference(file, place)
        if made is not None:
            found.setdefault((place.start, place.end, place.root), made)
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
    return tuple(kept)
