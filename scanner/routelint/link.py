"""Joins what infrastructure says to the programs it runs: environment variables set for a piece of code."""

from __future__ import annotations

from collections.abc import Iterable

from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, Parsed


def settings(parsed: Iterable[Parsed]) -> EnvironmentSettings:
    """Every environment variable that the parsed infrastructure sets, sorted by place so that file order never matters."""
    found = (setting for part in parsed for setting in part.settings)
    return EnvironmentSettings(tuple(sorted(found, key=_place)))


def _place(setting: EnvironmentSetting) -> tuple[str, str, str, int]:
    return (setting.location.path, setting.owner, setting.name, setting.location.span.start_line)
