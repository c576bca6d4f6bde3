"""The grammar of Bedrock model identifiers."""

from __future__ import annotations

from routelint.model import ModelId


def read(text: str) -> ModelId | None:
    """The identifier `text` spells."""
    raise NotImplementedError
