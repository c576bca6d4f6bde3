"""The variables in texts of the Serverless Framework: where they stand, and the alternatives each names."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import dataclass, lazy_regex
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence

MOST_INSIDE = 12
MOST_NODES = 50_000
_KIND = lazy_regex(
    r"\s*(?:(?:self|opt|env|param|ssm|cf|sls|aws|s3|git|output|terraform|vault|doppler)(?:\([^)]*\))?:|file\(|strToBool\()"
)
_BRACKET = lazy_regex(r"\$\{|\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands between `${` and `}`."""

    text: str


def pieces(text: str) -> Iterator[str | Variable]:
    """The plain parts and the variables of a text, in order; other `${...}` are plain."""
    ends = _ends(text)
    plain = position = 0
    while (start := text.find("${", position)) >= 0:
        end = ends.get(start)
        if end is None or _KIND.match(text, start + 2) is None:
            position = start + 2
            continue
        if text[plain:start]:
            yield text[plain:start]
        yield Variable(text[start + 2 : end])
        plain = position = end + 1
    if text[plain:]:
        yield text[plain:]


def _ends(text: str) -> dict[int, int]:
    """Where each `${` is closed, by where it stands."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "${":
            waiting.append(match.start())
        elif waiting:
            found[waiting.pop()] = match.start()
    return found


def alternatives(variable: str) -> list[str]:
    """The parts between the commas of a variable that are in no quotes, brackets or inner variable."""
    found, start, depth, quote = [], 0, 0, ""
    for index, character in enumerate(variable):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "{(":
            depth += 1
        elif character in "})":
            depth -= 1
        elif character == "," and depth == 0:
            found.append(variable[start:index].strip())
            start = index + 1
    return [*found, variable[start:].strip()]


def whole(node: Node | None) -> str | None:
    """The variable that a text consists of; None where it consists of anything else."""
    if not isinstance(node, Scalar) or node.tag is not None or "${" not in node.text:
        return None
    parts = list(pieces(node.text.strip()))
    return parts[0].text if len(parts) == 1 and isinstance(parts[0], Variable) else None


def texts(root: Node) -> Iterator[Scalar]:
    """Every text with a variable inside a node."""
    waiting: list[Node] = [root]
    taken = 0
    while waiting and taken < MOST_NODES:
        taken += 1
        node = waiting.pop()
        match node:
            case Scalar():
                if "${" in node.text:
                    yield node
            case Sequence(items):
                waiting.extend(reversed(items))
            case Mapping():
                waiting.extend(reversed([value for _, value in node.items()]))


def inside(text: str, depth: int = 0) -> Iterator[str]:
    """The variables of a text, and those inside them."""
    for piece in pieces(text):
        if isinstance(piece, Variable):
            yield piece.text
            if depth < MOST_INSIDE:
                yield from inside(piece.text, depth + 1)
