"""The text fallback: literal identifiers in assignment-like places of files that no other parser reads.

Configuration (YAML, JSON, TOML, dotenv, properties), program code other than Python, shell scripts, Dockerfiles. Comments,
documentation, listings of models, price tables and recorded answers are not routes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from routelint import surfaces
from routelint.deferred import lazy_regex
from routelint.model import ScanError
from routelint.parse import lexicon, observing
from routelint.parse.parsed import ParseContext, Parsed, merge
from routelint.parse.paths import Paths
from routelint.parse.text import config, documents, nodes, shell
from routelint.parse.text.containers import of_containers
from routelint.parse.text.draft import File, told
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
    if programs:
        # The half of this package that reads programs takes as long to load as a small folder of configuration to scan.
        from routelint.parse.text.programs import parse as parse_programs

        parts.extend(parse_programs(programs, unit, rows, context, paths, merge(parts).settings))
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
        return told(file, shell.places(file))
    if name.endswith(".toml"):
        roots: tuple[nodes.Node, ...] = (nodes.read_toml(file.source.text),)
    elif config.may_matter(file.source.text):
        roots = nodes.read_yaml(file.source.text, config.matters)
    else:
        nodes.check_yaml(file.source.text)
        return Parsed()
    return replace(
        told(file, config.places(file, roots, rows)),
        settings=tuple(documents.variables(file, roots)),
        statements=tuple(documents.statements(file, roots)),
    )


def _by_lines(file: File, error: nodes.MalformedError) -> Parsed:
    """What the lines of a malformed configuration file say, and the error; a template is no error before it was rendered."""
    found = told(file, shell.places(file))
    if _TEMPLATED.search(file.source.text):
        return found
    return replace(found, errors=(*found.errors, _error(file, error)))


def _error(file: File, error: nodes.MalformedError) -> ScanError:
    name = file.name.lower()
    kind = "JSON" if ".json" in name else "TOML" if name.endswith(".toml") else "YAML"
    return ScanError(file.path, f"cannot be read as {kind}: {error}", error.line, error.column)


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
