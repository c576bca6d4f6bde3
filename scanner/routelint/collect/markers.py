"""The prefilter: which files hold something that may be about a Bedrock model, told from their bytes alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from routelint.deferred import dataclass, lazy_regex
from routelint.surfaces import Surface

# What every identifier starts with, by provider: a file without a provider's name is not searched for its stems.
STEMS: dict[str, str] = {
    "ai21.": "j2|jamba",
    "amazon.": "nova|titan|rerank",
    "anthropic.": "claude",
    "cohere.": "command|embed|rerank",
    "deepseek.": r"[rv]\d",
    "google.": "gemma",
    "luma.": "ray",
    "meta.": "llama",
    "minimax.": "minimax",
    "mistral.": "mistral|mixtral|ministral|magistral|devstral|voxtral|pixtral",
    "moonshot": r"(?:ai)?\.kimi",
    "nvidia.": "nemotron",
    "openai.": "gpt",
    "qwen.": "qwen",
    "stability.": "sd3|stable",
    "twelvelabs.": "marengo|pegasus",
    "writer.": "palmyra",
    "xai.": "grok",
    "zai.": "glm",
}
SERVICE = b"bedrock"
INDEX = Path(__file__).with_suffix(".json")
# The languages of surfaces that each unit's files may hold.
SURFACES = {
    "terraform": ("terraform", "asl"),
    "cloudformation": ("cloudformation", "asl"),
    "python": ("python",),
    "text": ("typescript", "config", "other"),
}

# Longer than any marker: so much of a chunk is seen again with the next one.
OVERLAP_BYTES = 128

_PLAIN_CARRIER = lazy_regex(r"[A-Za-z]+(?:\s*\(.*\))?")
_RUNTIME_OPERATION = lazy_regex(r"bedrock-runtime['\"]?\)?\.([a-z][a-z_]+)$")
_PACKAGE = lazy_regex(r"([a-z][a-z0-9_]+)\.[A-Za-z_][\w.]*(?:[( ]|$)")


# What every identifier starts with as regular expressions, for a matcher that takes many.
IDENTIFIERS = tuple(f"{re.escape(name)}(?:{rest})".encode() for name, rest in STEMS.items())
# Compiled where a provider's name was found, which is seldom.
_STEMS = tuple((name.encode(), lazy_regex(expression)) for name, expression in zip(STEMS, IDENTIFIERS, strict=True))


@dataclass(frozen=True)
class Markers:
    """What is looked for: `words` anywhere, `packages` where they are imported, identifiers after their provider's name."""

    words: tuple[bytes, ...]
    packages: tuple[bytes, ...]

    def found(self, data: bytes) -> bool:
        """Whether `data` holds a marker; letter case does not matter."""
        lower = data.lower()
        # Plain loops: a generator inside `any` costs half as much again.
        for word in self.words:
            if word in lower:
                return True
        for provider, stem in _STEMS:
            if provider in lower and stem.search(lower) is not None:
                return True
        return any(_imports(lower, package) for package in self.packages if package in lower)


def _imports(lower: bytes, package: bytes) -> bool:
    """Whether an import statement names `package`. Found backwards: a pattern that starts with a choice is 20 times slower."""
    position = lower.find(package)
    while position >= 0:
        if is_imported(lower, position):
            return True
        position = lower.find(package, position + 1)
    return False


def is_imported(data: bytes, position: int) -> bool:
    """Whether an import statement leads to a place in `data`: `import` or `from` and blanks, sixteen characters at most."""
    before = data[max(0, position - 16) : position]
    return before[-1:] in (b" ", b"\t") and before.rstrip(b" \t").lower().endswith((b"import", b"from"))


def derive(surfaces: Iterable[Surface]) -> Markers:
    """The markers of a language, from its surfaces: the service's name, identifiers, and what chooses a model without both.

    A client is often made in one file and called in another, so the calls of the runtime service are words; a framework
    whose name does not hold the service's is looked for where it is imported.
    """
    words: dict[bytes, None] = {SERVICE: None}
    packages: dict[bytes, None] = {}
    for surface in surfaces:
        if surface.kind is None:
            continue
        operation = _RUNTIME_OPERATION.search(surface.symbol)
        if operation is not None and _PLAIN_CARRIER.fullmatch(surface.carrier):
            words[b"." + operation[1].encode()] = None
        # An npm class that has a default is made without a word about the service or a model.
        if surface.symbol.startswith("@") and surface.default is not None:
            words[surface.symbol.partition(":")[0].encode()] = None
        written = f"{surface.symbol} {surface.carrier}".lower()
        package = _PACKAGE.match(surface.symbol)
        if package is None or "bedrock" in written or "*" in surface.carrier:
            continue
        # A symbol that starts with something else than its framework's package is a note about usage, not an import.
        if package[1] in surface.framework.replace("-", "_"):
            packages[package[1].encode()] = None
    return Markers(words=_shortest(words), packages=_shortest(packages))


@cache
def load(language: str) -> Markers:
    """The markers of a unit's language, as `tools/build_data.py` derived them."""
    row = json.loads(INDEX.read_text("utf-8"))[language]
    return Markers(*(tuple(each.encode() for each in row[name]) for name in ("words", "packages")))


def _shortest(words: Iterable[bytes]) -> tuple[bytes, ...]:
    """The words that no other word is the start of, sorted."""
    kept: list[bytes] = []
    for word in sorted(words):
        if not kept or not word.startswith(kept[-1]):
            kept.append(word)
    return tuple(kept)
