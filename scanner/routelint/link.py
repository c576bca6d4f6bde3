"""Joins what the files of a scan say: variables that infrastructure sets for code, routes told twice, and how many are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from routelint.model import Kind, ModelReference, ScanError, Span
from routelint.parse.parsed import MOST_ROUTES_OF_A_FILE, EnvironmentSetting, EnvironmentSettings, Parsed, too_many_routes

# Each takes four kilobytes until it is printed.
MOST_ROUTES = 100_000

# Languages that say to whom a policy is attached; others read a policy's document by itself.
_ATTACHING = frozenset({"terraform", "cloudformation"})


def settings(parsed: Iterable[Parsed]) -> EnvironmentSettings:
    """Every environment variable that the parsed infrastructure sets, sorted by place so that file order never matters."""
    found = (setting for part in parsed for setting in part.settings)
    return EnvironmentSettings(tuple(sorted(found, key=_place)))


def _place(setting: EnvironmentSetting) -> tuple[str, str, str, int]:
    return (setting.location.path, setting.owner, setting.name, setting.location.span.start_line)


def without_repeats(references: Sequence[ModelReference]) -> tuple[ModelReference, ...]:
    """The references without those read from a document alone whose document infrastructure attaches or deploys too.

    Such documents are policies, and definitions of state machines that a module of Terraform fills in.
    """
    grants = [reference for reference in references if reference.kind is Kind.GRANT]
    attached = {_stretch(each) for each in grants if each.language in _ATTACHING}
    deployed = {_stretch(each) for each in references if each.language == "terraform" and each.kind is not Kind.GRANT}

    def is_repeated(each: ModelReference) -> bool:
        if each.kind is Kind.GRANT:
            return each.language not in _ATTACHING and _stretch(each) in attached
        return each.language == "cloudformation" and each.tags is None and _stretch(each) in deployed

    return tuple(each for each in references if not is_repeated(each))


def _stretch(reference: ModelReference) -> tuple[str, Span]:
    return reference.location.path, reference.location.span


def bounded(references: Sequence[ModelReference]) -> tuple[Sequence[ModelReference], tuple[ScanError, ...]]:
    """The first routes of each file and of the scan, as many as are told, and an error where more follow."""
    if len(references) <= MOST_ROUTES_OF_A_FILE:
        return references, ()
    kept: list[ModelReference] = []
    errors: dict[ScanError, None] = {}
    of_files: Counter[str] = Counter()
    for reference in sorted(references, key=lambda each: each.location):
        path = reference.location.path
        if len(kept) >= MOST_ROUTES:
            errors[ScanError(path, f"the scan has more than {MOST_ROUTES:,} routes: what follows is not told")] = None
            break
        of_files[path] += 1
        if of_files[path] <= MOST_ROUTES_OF_A_FILE:
            kept.append(reference)
        else:
            errors[too_many_routes(path)] = None
    return kept, tuple(errors)
