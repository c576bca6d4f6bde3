"""What programs other than Python hold: routes, variables that some of them set for others, permissions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from routelint.model import ScanError
from routelint.parse import lexicon
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, ParseContext, Parsed
from routelint.parse.paths import Paths
from routelint.parse.text import literals, running, sinks, statements, variables
from routelint.parse.text.draft import File, told
from routelint.parse.text.groups import MOST_NESTED, MOST_TOKENS
from routelint.parse.text.imports import Imports, is_script
from routelint.parse.text.scope import Reader
from routelint.source import SourceUnit
from routelint.surfaces import Surface


def parse(
    programs: Sequence[File],
    unit: SourceUnit,
    rows: tuple[Surface, ...],
    context: ParseContext,
    paths: Paths,
    settings: tuple[EnvironmentSetting, ...],
) -> Iterator[Parsed]:
    """What programs hold. Variables that some set are read by others, and constants of some are taken by calls of others.

    `rows` are the surfaces to look for, `paths` all files of the scan, and `settings` what configuration sets for code.
    """
    scripts = tuple(path for path in unit.paths if is_script(path))
    reader = Reader(Imports(context.tree, paths.files, scripts), programs)
    constructs = (file for file in reader.programs if lexicon.of_path(file.path).name == "javascript")
    own = tuple(setting for file in constructs for setting in variables.of_code(reader, file, paths))
    known = running.with_imports((*context.settings.settings, *settings, *own), reader.imports)
    joined = replace(context, settings=EnvironmentSettings(tuple(known)))
    files = [replace(file, context=joined) for file in reader.programs]
    reader = reader.knowing(files)
    called = sinks.by_name(rows)
    scripts_of_scan = [file for file in files if lexicon.of_path(file.path).name == "javascript"]
    making = sinks.making_clients(rows, scripts_of_scan)
    for file in files:
        of_clients = sinks.of_clients(reader, file, making) if file in scripts_of_scan else ()
        yield told(file, itertools.chain(sinks.places(reader, file, called), of_clients))
    for file in files:
        if lexicon.of_path(file.path).name == "javascript" and not file.is_test:
            yield told(file, variables.places(reader, file))
    # Literals come last of the routes: one that a call of another file takes is none of its own. In a test they are fixtures.
    for file in files:
        if not file.is_test:
            yield told(file, literals.places(reader, file))
    # After all of them, since what a permission names may be a route as well.
    for file in files:
        if not file.is_test:
            yield Parsed(statements=tuple(statements.of_code(reader, file)))
    cut = (file.path for file in files if file.path in reader.structures.cut)
    bounds = f"{MOST_TOKENS:,} words and marks, or {MOST_NESTED} brackets around each other"
    said = f"has more than {bounds}: what follows is not looked at"
    yield Parsed(settings=own, errors=tuple(ScanError(path, said) for path in cut))
