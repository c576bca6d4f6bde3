"""Constants of libraries that stand for a model or a part of its identifier: CDK classes name models without spelling them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from routelint.deferred import dataclass


@dataclass(frozen=True, slots=True)
class Constants:
    """`model_classes` are the classes whose members are models, which the catalog knows by name; `values` all others."""

    model_classes: frozenset[str]
    values: Mapping[str, str]

    def value(self, owner: str, name: str, model: Callable[[str], str | None]) -> str | None:
        """What `name` of the class `owner` stands for; `model` is the catalog's answer to the name of a model constant."""
        return model(name) if owner in self.model_classes else self.values.get(f"{owner}.{name}")


@cache
def load() -> Constants:
    """The constants known."""
    data = json.loads((Path(__file__).parent / "data" / "constants.json").read_text("utf-8"))
    return Constants(frozenset(data["model_classes"]), data["values"])
