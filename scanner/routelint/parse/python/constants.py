"""Constants of libraries that hold a model identifier: CDK classes name models without the identifier in the repository."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def load() -> dict[str, str]:
    """Dotted path of the constant -> model identifier."""
    constants: dict[str, str] = json.loads((Path(__file__).parent / "data" / "constants.json").read_text("utf-8"))
    return constants
