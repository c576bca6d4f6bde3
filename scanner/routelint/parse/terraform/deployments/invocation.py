"""One call of the terraform program taken apart: what it does, where, and the options that give values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routelint.deferred import dataclass, lazy_regex
from routelint.parse.terraform.deployments.words import Piece, Word

# Commands that take values and whose outcome is a plan; `destroy` and `validate` are often given placeholders.
_ACTIONS = frozenset({"plan", "apply", "refresh"})
_OPTION = lazy_regex(r"--?(chdir|var-file|var)(=|$)")


@dataclass(frozen=True, slots=True)
class Option:
    """`-var`, `-var-file` or `-chdir`: its name, what it is given, and the word where that stands."""

    name: str
    pieces: tuple[Piece, ...]
    word: Word


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of terraform; `workspace` is the one that it selects, `from_plan` whether it applies a plan made before."""

    action: str = ""
    options: tuple[Option, ...] = ()
    workspace: str | None = None
    from_plan: bool = False

    @property
    def gives_values(self) -> bool:
        """Whether its options and environment decide what is applied."""
        return self.action in _ACTIONS and not self.from_plan


def read(words: Sequence[Word]) -> Invocation:
    """The call that the words behind the program's name make."""
    options: list[Option] = []
    others: list[Word] = []
    remaining = iter(words)
    for word in remaining:
        if word.operator:
            # What follows is the file that is written to.
            next(remaining, None)
            continue
        first = word.pieces[0] if word.pieces else ""
        match = _OPTION.match(first) if isinstance(first, str) else None
        if match is None:
            others.append(word)
        elif match[2]:
            options.append(Option(match[1], after(word.pieces, "="), word))
        elif (argument := next(remaining, None)) is not None:
            options.append(Option(match[1], argument.pieces, argument))
    names = list(_names(others))
    selects = names[:2] in (["workspace", "select"], ["workspace", "new"])
    return Invocation(
        names[0] if names else "",
        tuple(options),
        next(iter(names[2:]), None) if selects else None,
        len(names) > 1 and names[0] == "apply",
    )


def _names(words: Sequence[Word]) -> Iterator[str]:
    """The words that are no options; of those not written there only what is called a plan."""
    for word in words:
        shown = "".join(piece if isinstance(piece, str) else piece.text for piece in word.pieces)
        if not shown.startswith("-") and (word.literal is not None or "plan" in shown.lower()):
            yield shown


def after(pieces: Sequence[Piece], mark: str) -> tuple[Piece, ...]:
    """The pieces behind the first mark."""
    first = pieces[0] if pieces else ""
    rest = first.partition(mark)[2] if isinstance(first, str) else ""
    return (rest, *pieces[1:])
