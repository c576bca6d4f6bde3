"""The bracket structure of code in any language: tokens, the groups they stand in, and the expressions between separators."""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.parse.lexicon import COMMENT, MARK, NAME, STRING, Lexicon, Token, tokens

_CLOSERS = {")": "(", "]": "[", "}": "{"}
_BRACKETS = (*_CLOSERS.values(), *_CLOSERS)
_SEPARATORS = (",", ";")
# Ten times as many as in the longest file that a person wrote of a hundred repositories; the rest is not looked at.
MOST_TOKENS = 200_000
# Six times as deep as in any program, bundled ones among them, of a hundred repositories. Many ask for all that is around them.
MOST_NESTED = 200
# A longer expression is cut: where each of many runs to the end of the text, reading them all would never end.
MOST_PARTS = 1000
# What a line may end with, or the next may start with, when the statement goes on.
_GOES_ON = frozenset("=+.?:,|&([{<>*-%") | {"??", "||", "&&", "=>", "?.", ":=", "==", "===", "?:", "->", "return"}


@dataclass(slots=True)
class Group:
    """A pair of brackets: indexes of its tokens, the group around it, and the bracket it opens with.

    One left open closes behind the last token.
    """

    open: int
    close: int
    parent: int
    opener: str


@dataclass(frozen=True)
class Declaration:
    """A name that gets a value: index of the name, the value's tokens, the group it stands in, and the word before it."""

    name: int
    start: int
    end: int
    group: int


@dataclass
class Code:
    """The tokens of a text without comments, and their structure. Group 0 is the text itself.

    `is_cut` says that the text has more tokens than are read, or brackets deeper inside of each other.
    """

    text: str
    lexicon: Lexicon
    start: int = 0
    end: int | None = None
    tokens: list[Token] = field(init=False)
    is_cut: bool = field(init=False)
    groups: list[Group] = field(init=False)
    group_of: list[int] = field(init=False)
    opened_at: dict[int, int] = field(init=False)
    closed_at: dict[int, int] = field(init=False)
    _where: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        read = (token for token in tokens(self.text, self.lexicon, self.start, self.end) if token.kind is not COMMENT)
        self.tokens = list(itertools.islice(read, MOST_TOKENS))
        self.is_cut = next(read, None) is not None
        self._pair()

    def _pair(self) -> None:
        """Pairs the brackets; a closer without an opener is an ordinary mark.

        `opened_at` and `closed_at` are the groups by the index of their brackets.
        """
        where: defaultdict[str, list[int]] = defaultdict(list)
        for index, token in enumerate(self.tokens):
            where[token.text].append(index)
        self._where = dict(where)
        self.groups = [Group(-1, len(self.tokens), -1, "")]
        self.group_of, self.opened_at, self.closed_at = [], {}, {}
        current = depth = 0
        for index in self.at(*_BRACKETS):
            token = self.tokens[index]
            if token.kind is not MARK:
                continue
            self.group_of.extend([current] * (index - len(self.group_of)))
            if token.text not in _CLOSERS:
                if depth == MOST_NESTED:
                    del self.tokens[index:]
                    self.is_cut = True
                    return self._pair()
                depth += 1
                self.group_of.append(current)
                self.groups.append(Group(index, len(self.tokens), current, token.text))
                current = self.opened_at[index] = len(self.groups) - 1
            elif self.groups[current].opener == _CLOSERS[token.text]:
                self.groups[current].close = index
                self.closed_at[index] = current
                current = self.groups[current].parent
                depth -= 1
        self.group_of.extend([current] * (len(self.tokens) - len(self.group_of)))
        return None

    def at(self, *texts: str) -> list[int]:
        """The tokens with one of some texts, in order; a string's text is its content."""
        found = [self._where[text] for text in texts if text in self._where]
        return found[0] if len(found) == 1 else sorted(itertools.chain.from_iterable(found))

    def between(self, start: int, end: int, *texts: str) -> list[int]:
        """The tokens between two indexes that have one of some texts, in order."""
        found: list[int] = []
        for text in texts:
            every = self._where.get(text, ())
            found += every[bisect.bisect_left(every, start) : bisect.bisect_left(every, end)]
        return sorted(found)

    @cached_property
    def strings(self) -> list[int]:
        """The tokens that are strings, in order."""
        return [index for index, token in enumerate(self.tokens) if token.kind is STRING]

    def opener(self, group: int) -> str:
        """The bracket a group opens with; empty for the text itself."""
        return self.groups[group].opener

    def before(self, index: int) -> int:
        """The token or group before a token on the same level: index of its first token; -1 where there is none."""
        previous = index - 1
        if previous < 0 or previous == self.groups[self.group_of[index]].open:
            return -1
        group = self.closed_at.get(previous)
        return previous if group is None else self.groups[group].open

    def after(self, index: int) -> int:
        """The token after the token or group at `index` on the same level: -1 where there is none."""
        group = self.opened_at.get(index)
        following = (index if group is None else self.groups[group].close) + 1
        return following if following < self.groups[self.group_of[index]].close else -1

    def limit(self, group: int) -> int:
        """The index that ends a group's content."""
        return self.groups[group].close

    def is_mark(self, index: int, *marks: str) -> bool:
        """Whether a token is one of some marks."""
        return 0 <= index < len(self.tokens) and self.tokens[index].kind is MARK and self.tokens[index].text in marks

    def is_name(self, index: int, *names: str) -> bool:
        """Whether a token is a name, or one of some names."""
        if not 0 <= index < len(self.tokens) or self.tokens[index].kind is not NAME:
            return False
        return not names or self.tokens[index].text in names

    def level(self, start: int, end: int) -> Iterator[int]:
        """The tokens and groups between two indexes of one level, each by its first token."""
        if not 0 <= start < end:
            return
        # `after`, without a call for each token.
        groups, opened_at = self.groups, self.opened_at
        end = min(end, groups[self.group_of[start]].close)
        index = start
        while index < end:
            yield index
            group = opened_at.get(index)
            index = (index if group is None else groups[group].close) + 1

    def entries(self, group: int) -> Iterator[tuple[int, int]]:
        """The stretches between commas and semicolons of a group: start and end indexes."""
        start = self.groups[group].open + 1
        limit = self.groups[group].close
        for index in self.level(start, limit):
            token = self.tokens[index]
            if token.kind is MARK and token.text in _SEPARATORS:
                if index > start:
                    yield start, index
                start = index + 1
        if start < limit:
            yield start, limit

    def end_of_expression(self, start: int) -> int:
        """Where the expression that starts at a token ends: at a separator, its group's end, or a line that does not go on."""
        group = self.group_of[start]
        limit = self.limit(group)
        index = start
        braces = self.opener(group) in ("{", "")
        for _ in range(MOST_PARTS):
            if not 0 <= index < limit:
                break
            if self.is_mark(index, ",", ";"):
                return index
            following = self.after(index)
            if following < 0:
                return limit
            if braces and index >= start and self._line_ends(following - 1, following):
                return following
            index = following
        else:
            return index
        return limit

    def _line_ends(self, last: int, following: int) -> bool:
        if "\n" not in self.text[self.tokens[last].end : self.tokens[following].start]:
            return False
        return self.tokens[last].text not in _GOES_ON and (
            self.tokens[following].kind is not MARK or self.tokens[following].text not in _GOES_ON
        )

    @cached_property
    def declarations(self) -> dict[str, list[Declaration]]:
        """Every name that is given a value by `=`, `:=` or, in an object, `:`; in the order written."""
        found: dict[str, list[Declaration]] = {}
        for index in self.at("=", ":=", "??=", "||="):
            if self.tokens[index].kind is not MARK:
                continue
            name = self.assigned(index)
            start = index + 1
            if name is None or start >= len(self.tokens) or start >= self.limit(self.group_of[index]):
                continue
            end = self.end_of_expression(start)
            if end > start:
                found.setdefault(self.tokens[name].text, []).append(Declaration(name, start, end, self.group_of[index]))
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str | None]]:
        """Names that imports bring in: local name -> module and the name exported there (None for the whole module)."""
        return _imports(self)

    @cached_property
    def passed_on(self) -> tuple[str, ...]:
        """The modules whose every name is exported again: `export * from "./models"`."""
        return tuple(
            self.tokens[index + 3].text
            for index in self.at("export")
            if self.tokens[index].kind is NAME
            and self.is_mark(index + 1, "*")
            and self.is_name(index + 2, "from")
            and index + 3 < len(self.tokens)
            and self.tokens[index + 3].kind is STRING
        )

    @cached_property
    def without_value(self) -> dict[str, list[int]]:
        """Names that are declared and given a value later, `let modelId: string;`: name -> groups they are declared in."""
        found: dict[str, list[int]] = {}
        given = {each.name for declarations in self.declarations.values() for each in declarations}
        for index in self.at("let", "var"):
            if self.tokens[index].kind is NAME and self.is_name(index + 1) and index + 1 not in given:
                found.setdefault(self.tokens[index + 1].text, []).append(self.group_of[index])
        return found

    @cached_property
    def destructured(self) -> dict[str, tuple[str, int, int]]:
        """Names taken out of an object, `const { a, b: c } = value`: name -> key there, and the value's tokens."""
        found: dict[str, tuple[str, int, int]] = {}
        for index in self.at("=") if self.lexicon.name == "javascript" else ():
            if self.tokens[index].kind is not MARK:
                continue
            group = self.opened_at.get(self.before(index))
            if group is None or self.opener(group) != "{" or index + 1 >= len(self.tokens):
                continue
            for low, high in self.entries(group):
                renamed = low + 2 if self.is_mark(low + 1, ":") and low + 2 < high else low
                end = self.end_of_expression(index + 1)
                if self.is_name(low) and self.is_name(renamed) and end > index + 1:
                    found.setdefault(self.tokens[renamed].text, (self.tokens[low].text, index + 1, end))
        return found

    def assigned(self, equals: int) -> int | None:
        """The name on the left of an assignment: before a type where one follows it, else the last one."""
        index = self.before(equals)
        last = None
        colon = False
        steps = 0
        while index >= 0 and steps < 24:
            token = self.tokens[index]
            if token.kind is MARK and token.text == ">" and self.lexicon.name != "ruby":
                index = self._generics(index)
                continue
            if token.kind is MARK and token.text in (";", ",", "}", "=>", "=", ":="):
                break
            if token.kind is NAME and token.text in ("var", "const") and self.lexicon.name == "go":
                # `var name string = ...`: the type stands behind the name.
                return index + 1 if self.is_name(index + 1) else last
            if self.is_mark(index, ":"):
                colon = True
                last = None
            elif token.kind is NAME and last is None and not (colon and token.text in ("const", "let", "var")):
                last = index
                if not self.is_mark(index - 1, "&", "<", "|", "[", "?", "*") and not self._may_be_type(index):
                    return index
            following = self.before(index)
            if following >= 0 and "\n" in self.text[self.tokens[following].end : self.tokens[index].start] and last is not None:
                return last
            index = following
            steps += 1
        return last

    def _generics(self, index: int) -> int:
        """The token before the generics that end at a token: `Record<Size, string>`."""
        depth = 0
        for _ in range(24):
            if index < 0:
                break
            depth += self.is_mark(index, ">") - self.is_mark(index, "<")
            index = self.before(index)
            if depth == 0:
                break
        return index

    def _may_be_type(self, index: int) -> bool:
        """Whether a name stands behind a colon, as the types of TypeScript, Kotlin, Rust and Swift do."""
        previous = self.before(index)
        while previous >= 0 and self.is_mark(previous, ".", "&", "|"):
            previous = self.before(self.before(previous)) if self.is_mark(previous, ".") else self.before(previous)
        while previous >= 0 and self.is_name(previous, "readonly", "typeof", "keyof"):
            previous = self.before(previous)
        return previous >= 0 and self.is_mark(previous, ":") and self.opener(self.group_of[index]) != "["

    @cached_property
    def named_groups(self) -> dict[str, list[int]]:
        """Groups of braces with a name: `enum Models {`, `class Config {`, `object Models {`."""
        found: dict[str, list[int]] = {}
        for number, group in enumerate(self.groups):
            if not number or self.opener(number) != "{":
                continue
            index = group.open - 1
            for _ in range(12):
                if index < 1 or self.tokens[index].text in (";", "{", "}", ")"):
                    break
                if self.is_name(index - 1, "enum", "class", "object", "interface", "namespace", "struct", "record", "module"):
                    found.setdefault(self.tokens[index].text, []).append(number)
                    break
                index -= 1
        return found

    def is_object(self, group: int) -> bool:
        """Whether braces hold keys and values, not statements."""
        if self.opener(group) != "{":
            return False
        before = self.groups[group].open - 1
        if before < 0:
            return True
        return self.is_mark(before, "(", ",", "[", "=", ":", "?", "??", "||", "&&", ":=", "=>") or self.is_name(
            before, "return", "default"
        )

    def chain(self, index: int) -> tuple[int, tuple[str, ...]]:
        """The dotted name that ends with the name at `index`: where it starts, and its parts."""
        parts = [self.tokens[index].text]
        while index >= 2 and self.is_mark(index - 1, ".", "?.", "::", "->"):
            previous = self.before(index - 1)
            if previous < 0 or not self.is_name(previous):
                break
            index = previous
            parts.append(self.tokens[index].text)
        return index, tuple(reversed(parts))


def _imports(code: Code) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for index in code.at("from", "require"):
        if not code.is_name(index) or index + 1 >= len(code.tokens):
            continue
        following = code.tokens[index + 1]
        if following.kind is STRING and code.tokens[index].text == "from":
            start = index - 1
            while start >= 0 and index + 1 - start < 400 and not code.is_name(start, "import", "export"):
                start -= 1
            _import_names(code, start + 1, index, following.text, found)
        elif code.tokens[index].text == "require" and code.is_mark(index + 1, "("):
            module = code.tokens[index + 2] if index + 2 < len(code.tokens) else None
            if module is not None and module.kind is STRING and code.is_mark(index - 1, "="):
                left = code.before(index - 1)
                if left >= 0 and code.is_name(left):
                    found[code.tokens[left].text] = (module.text, None)
                elif left >= 0:
                    _import_names(code, left, index - 1, module.text, found)
    return found


def _import_names(code: Code, start: int, end: int, module: str, found: dict[str, tuple[str, str | None]]) -> None:
    index = start
    inside = False
    while index < end:
        inside = code.is_mark(index, "{") or (inside and not code.is_mark(index, "}"))
        if code.is_mark(index, "*") and code.is_name(index + 1, "as") and code.is_name(index + 2):
            found[code.tokens[index + 2].text] = (module, None)
            index += 3
        elif code.is_name(index) and not code.is_name(index, "type"):
            name = code.tokens[index].text
            renamed = code.is_name(index + 1, "as") or code.is_mark(index + 1, ":")
            if renamed and code.is_name(index + 2):
                found[code.tokens[index + 2].text] = (module, name)
                index += 3
                continue
            found[name] = (module, name if inside else "default")
            index += 1
        else:
            index += 1
