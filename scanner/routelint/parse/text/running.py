"""Which programs run with a function's variables besides its entry: those that the entry imports, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.text.imports import Imports, is_script


def with_imports(settings: Iterable[EnvironmentSetting], imports: Imports) -> Iterator[EnvironmentSetting]:
    """The settings, each also for what the scripts among its code import."""
    reached: dict[tuple[str, ...], tuple[str, ...]] = {}
    for setting in settings:
        if setting.code not in reached:
            reached[setting.code] = _reached(setting.code, imports)
        more = reached[setting.code]
        yield replace(setting, code=(*setting.code, *more)) if more else setting


def _reached(code: tuple[str, ...], imports: Imports) -> tuple[str, ...]:
    found = (path for entry in code if is_script(entry) for path in imports.imported_by(entry))
    return tuple(path for path in dict.fromkeys(found) if path not in code)
