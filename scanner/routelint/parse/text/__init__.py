"""The text fallback: literal identifiers in assignment-like places of files that no other parser reads.

Configuration (YAML, JSON, TOML, dotenv, properties), program code other than Python, shell scripts, Dockerfiles. Comments,
documentation, listings of models, price tables and recorded answers are not routes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routelint import surfaces
from routelint.model import ModelReference, ScanError
from routelint.parse import lexicon
from routelint.parse.parsed import ParseContext, Parsed, merge
from routelint.parse.text import config, literals, nodes, shell, sinks
from routelint.parse.text.draft import File, Place, reference
from routelint.parse.text.evaluate import Reader
from routelint.source import NotTextError, SourceUnit, decode
from routelint.surfaces import Surface

_CODE = frozenset(("javascript", "java", "kotlin", "go", "csharp", "rust", "ruby", "php", "swift", "sql", "baml"))
# A file with longer lines is machine-made.
LONGEST_LINE = 5000
_TEMPLATED = re.compile(r"\{\{|\{%|<%|\$\{\{")
_TREES = (".json", ".jsonc", ".json5", ".yaml", ".yml", ".template", ".toml")


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """The routes of every marked file of the unit."""
    rows = context.surfaces or tuple(row for name in ("typescript", "config", "other") for row in surfaces.load(name))
    called = sinks.by_name(rows)
    reader = Reader()
    files: list[File] = []
    parts: list[Parsed] = []
    for path in unit.marked:
        data = context.tree.read(path)
        if data is None:
            continue
        try:
            source = decode(path, data)
        except NotTextError as error:
            parts.append(Parsed(errors=(ScanError(path, str(error)),)))
            continue
        files.append(File(source, context, _language(path)))
    parts.extend(
        Parsed(references=_references(file, sinks.places(reader.scope(file), called))) for file in files if _is_code(file)
    )
    # Literals come second: one that a call of another file takes is no route of its own.
    for file in files:
        if _is_code(file):
            parts.append(Parsed(references=_references(file, literals.places(reader.scope(file)))))
        else:
            parts.append(_of_data(file, rows, reader))
    return merge(parts)


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


def _is_code(file: File) -> bool:
    return lexicon.of_path(file.path).name in _CODE and not _is_machine_made(file.source.text)


def _is_machine_made(text: str) -> bool:
    """Whether a text has a line that no person writes, as bundled programs do."""
    position = 0
    while (newline := text.find("\n", position)) >= 0:
        if newline - position > LONGEST_LINE:
            return True
        position = newline + 1
    return len(text) - position > LONGEST_LINE


def _of_data(file: File, rows: tuple[Surface, ...], reader: Reader) -> Parsed:
    """The routes of a file that is not program code, by its format."""
    name = file.name.lower()
    if lexicon.of_path(file.path).name in _CODE:
        return Parsed()
    if not name.endswith(_TREES):
        return Parsed(references=_references(file, shell.places(file)))
    if name.endswith(".toml"):
        return Parsed(references=_references(file, config.places(file, (nodes.read_toml(file.source.text),), rows)))
    try:
        documents = nodes.read_yaml(file.source.text)
    except nodes.MalformedError as error:
        return _malformed(file, error, reader)
    return Parsed(references=_references(file, config.places(file, documents, rows)))


def _malformed(file: File, error: nodes.MalformedError, reader: Reader) -> Parsed:
    """What can be read of a file that is not what its name says: JSON with comments as code, the rest by lines."""
    text = file.source.text.lstrip("\ufeff \t\r\n")
    if file.name.lower().endswith((".json", ".jsonc", ".json5")) and text[:1] in ("{", "[", "/") and not _is_machine_made(text):
        return Parsed(references=_references(file, literals.places(reader.scope(file))))
    references = _references(file, shell.places(file))
    if _TEMPLATED.search(file.source.text):
        # A Helm or Jinja template is YAML only after it was rendered.
        return Parsed(references=references)
    message = f"cannot be read as {_language(file.path).upper()}: {error}"
    return Parsed(references=references, errors=(ScanError(file.path, message, error.line, error.column),))


def _references(file: File, places: Iterator[Place]) -> tuple[ModelReference, ...]:
    """The routes at places, each value once, in the order written."""
    found: dict[tuple[int, int], ModelReference] = {}
    for place in places:
        made = reference(file, place)
        if made is not None:
            found.setdefault((place.start, place.end), made)
    return tuple(found[key] for key in sorted(found))
