"""Joins what infrastructure says to the programs it runs: environment variables set for a piece of code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routelint.model import Kind, ModelReference, Span
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, Parsed

# Languages that say to whom a policy is attached; others read a policy's document by itself.
_ATTACHING = frozenset({"terraform", "cloudformation"})


def settings(parsed: Iterable[Parsed]) -> EnvironmentSettings:
    """Every environment variable that the parsed infrastructure sets, sorted by place so that file order never matters."""
    found = (setting for part in parsed for setting in part.settings)
    return EnvironmentSettings(tuple(sorted(found, key=_place)))


def _place(setting: EnvironmentSetting) -> tuple[str, str, str, int]:
    return (setting.location.path, setting.owner, setting.name, setting.location.span.start_line)


def without_repeats(references: Sequence[ModelReference]) -> tuple[ModelReference, ...]:
    """The references without grants read from a policy's document alone that infrastructure attaches to somebody too."""
    grants = [reference for reference in references if reference.kind is Kind.GRANT]
    attached = {_stretch(each) for each in grants if each.language in _ATTACHING}
    return tuple(
        each
        for each in references
        if each.kind is not Kind.GRANT or each.language in _ATTACHING or _stretch(each) not in attached
    )


def _stretch(reference: ModelReference) -> tuple[str, Span]:
    return reference.location.path, reference.location.span
