"""A set of parameter values a template is deployed with."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import field

from routelint.deferred import dataclass
from routelint.model import Evidence
from routelint.possible import Possible

MOST_SCENARIOS = 24


@dataclass(frozen=True, slots=True)
class Scenario:
    """One deployment of a template: what is passed to it, and where that is said.

    `environments` is empty where nothing says which one is deployed. `excluded` holds, for a parameter that is passed but
    not known, texts that it is known not to be. `provided` names the parameters that only the template itself says may
    be passed so.
    """

    name: str = ""
    environments: tuple[str, ...] = ()
    parameters: MappingOf[str, Possible] = field(default_factory=dict)
    tags: MappingOf[str, Possible] = field(default_factory=dict)
    region: Possible | None = None
    evidence: Evidence | None = None
    excluded: MappingOf[str, frozenset[str]] = field(default_factory=dict)
    provided: frozenset[str] = frozenset()


DEFAULTS = Scenario()
