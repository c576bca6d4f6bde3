"""Program code other than Python: calls and fields that take a model, and literal identifiers given to something."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from routelint import model_id
from routelint.model import Evidence, Kind, ModelId
from routelint.parse.lexicon import TokenKind
from routelint.parse.route import to_value
from routelint.parse.text import words
from routelint.parse.text.draft import File, Place, kind_of
from routelint.parse.text.evaluate import Reader, Scope, evaluate, find_key
from routelint.parse.text.groups import Code
from routelint.possible import Hole, Possible
from routelint.surfaces import Surface

# A file with longer lines is machine-made.
LONGEST_LINE = 5000

# Calls that look at a text, print it or collect it, and so choose nothing.
_OBSERVERS = re.compile(
    r"(?:console|log|logger|print|println|printf|fmt|expect|assert\w*|should|verify|describe|it|test|throw|raise|error|warn|info"
    r"|debug|trace|includes?|contains?|startsWith|endsWith|indexOf|equals?\w*|toBe|toEqual|toMatch\w*|toStrictEqual|toContain\w*"
    r"|toHave\w*|has\w*|matches|match|split|replace\w*|RegExp|is[A-Z]\w*|t|i18n|Deprecated|ApiProperty|JsonPropertyName|querySelector\w*)"
)
_COLLECTORS = frozenset(
    (
        "Set",
        "List",
        "of",
        "asList",
        "listOf",
        "setOf",
        "mapOf",
        "Map",
        "arrayOf",
        "concat",
        "push",
        "add",
        "enum",
        "oneOf",
        "union",
    )
)
_SELECTORS = frozenset(("find", "findFirst", "findLast", "first", "First", "FirstOrDefault", "firstOrNull", "filter"))
_GRANT_ACTION = re.compile(r"bedrock:(?:\*|Invoke|Converse|GetFoundationModel\b.*\*)", re.IGNORECASE)


def places(file: File, rows: tuple[Surface, ...], reader: Reader) -> Iterator[Place]:
    """The calls and fields of a file that take a model, by the surfaces."""
    yield from _Searched(file, reader).sinks(rows)


def literals(file: File, reader: Reader) -> Iterator[Place]:
    """The identifiers of a file that are given to something that says it takes a model, and the models of permissions."""
    searched = _Searched(file, reader)
    yield from searched.wildcards()
    yield from searched.literals()


@dataclass(frozen=True, slots=True)
class _Hit:
    """An expression that names a model by itself: its tokens, and the model."""

    start: int
    end: int
    model: ModelId


@dataclass(frozen=True, slots=True)
class _Frame:
    """One thing an expression stands in: `kind` is assign, pair, argument, element, return, compare or union.

    `name` is the key, variable, callee or function. `index` is a token of the entry in `group`.
    """

    kind: str
    name: str
    group: int
    index: int


class _Searched:
    """One file of code, and what was found in it."""

    def __init__(self, file: File, reader: Reader) -> None:
        self._file = file
        self._reader = reader
        self._code: Code = reader.code(file)
        self._scope = Scope(reader, file, self._code)

    # Calls and fields that the surfaces name.

    def sinks(self, rows: tuple[Surface, ...]) -> Iterator[Place]:
        """Places the surfaces name."""
        by_name = _by_last_name(rows)
        for index, token in enumerate(self._code.tokens):
            if token.kind is not TokenKind.NAME:
                continue
            for row in by_name.get(token.text, ()):
                yield from self._sink(index, row)

    def _sink(self, index: int, row: Surface) -> Iterator[Place]:
        code = self._code
        if not self._is_called(index, row):
            return
        following = code.after(index)
        if following >= 0 and code.is_mark(following, "<"):
            following = self._behind_generics(following)
        group = code.opened_at.get(following) if following >= 0 else None
        if group is None or code.opener(group) not in ("(", "{"):
            return
        if row.carrier.startswith("."):
            value, name = self._built(group, row.carrier[1:])
        elif row.position is not None and not row.carrier:
            arguments = list(code.entries(group)) if code.opener(group) == "(" else []
            value, name = (arguments[row.position] if len(arguments) > row.position else None), row.symbol
        else:
            value, name = self._keyed(group, row), row.carrier
        if value is None:
            return
        possible = evaluate(self._scope, *value)
        told = to_value(possible, bedrock_only=row.bedrock_only)
        if told is None:
            return
        start, end = code.tokens[value[0]].start, code.tokens[value[1] - 1].end
        model = told_model(possible)
        yield Place(
            start,
            end,
            (code.tokens[code.chain(index)[0]].start, code.tokens[min(code.limit(group), len(code.tokens) - 1)].end),
            f"{row.symbol}.{name}" if name != row.symbol else row.symbol,
            f"{self._file.name}:{self._owner(index)}{row.symbol}" + (f".{name}" if name != row.symbol else ""),
            kind_of(model, "", row.kind) if model is not None else row.kind or Kind.INVOKE,
            possible,
            bedrock_only=row.bedrock_only,
        )

    def _is_called(self, index: int, row: Surface) -> bool:
        """Whether the name at `index` is the surface's, with what must stand before it."""
        wanted = row.symbol.split(".")
        if len(wanted) > 1:
            return self._code.chain(index)[1][-len(wanted) :] == tuple(wanted)
        return not self._code.is_name(index - 1, "function", "class", "interface", "type", "def", "fun", "func", "import")

    def _behind_generics(self, index: int) -> int:
        depth = 0
        for _ in range(24):
            if self._code.is_mark(index, "<"):
                depth += 1
            elif self._code.is_mark(index, ">"):
                depth -= 1
                if depth == 0:
                    return self._code.after(index)
            index = self._code.after(index)
            if index < 0:
                break
        return -1

    def _keyed(self, group: int, row: Surface) -> tuple[int, int] | None:
        """The value of the surface's key among the arguments, or in the object that an argument names."""
        code = self._code
        keys = tuple(row.carrier.split("|"))
        value = find_key(code, group, keys)
        if value is not None or code.opener(group) != "(":
            return value
        for low, high in code.entries(group):
            parts = list(code.level(low, high))
            spread = [index for index in parts if code.is_mark(index, "...")]
            name = parts[0] if len(parts) == 1 and code.is_name(parts[0]) else None
            if name is None and spread:
                name = spread[0] + 1
            inner = code.opened_at.get(low)
            if name is None and inner is not None and code.opener(inner) == "{":
                name = next((index + 1 for index in code.level(low + 1, code.limit(inner)) if code.is_mark(index, "...")), None)
            if name is None or not code.is_name(name):
                continue
            for declaration in code.declarations.get(code.tokens[name].text, ())[:8]:
                for index in code.level(declaration.start, declaration.end):
                    table = code.opened_at.get(index)
                    if table is not None and code.opener(table) == "{" and (value := find_key(code, table, keys)) is not None:
                        return value
            return low, high
        return None

    def _built(self, group: int, method: str) -> tuple[tuple[int, int] | None, str]:
        """The argument of a method further down a chain of calls: `builder().a(x).modelId(y)`."""
        code = self._code
        wanted = method.split("|")
        index = code.groups[group].open
        for _ in range(64):
            dot = code.after(index)
            if dot < 0 or not code.is_mark(dot, ".", "->"):
                break
            name = code.after(dot)
            call = code.after(name) if name >= 0 else -1
            inner = code.opened_at.get(call) if call >= 0 else None
            if inner is None:
                break
            if code.tokens[name].text in wanted:
                entries = list(code.entries(inner))
                return (entries[0] if entries else None), code.tokens[name].text
            index = call
        return None, method

    def _owner(self, index: int) -> str:
        """The names of the functions and classes around a token: `Handler.ask/`."""
        code = self._code
        names: list[str] = []
        group = code.group_of[index]
        while group and len(names) < 4:
            if code.opener(group) == "{" and not code.is_object(group):
                name = self._body_name(group)
                if name:
                    names.append(name)
            group = code.groups[group].parent
        return ".".join(reversed(names)) + "/" if names else ""

    def _body_name(self, group: int) -> str:
        """The name of the function or class whose body a group is; empty where it has none."""
        code = self._code
        index = code.groups[group].open
        for _ in range(16):
            index = code.before(index)
            if index < 0 or code.is_mark(index, ";", "{"):
                return ""
            if code.is_mark(index, "="):
                name = code.assigned(index)
                return code.tokens[name].text if name is not None else ""
            parameters = code.opened_at.get(index)
            if parameters is not None and code.opener(parameters) == "(":
                before = code.before(index)
                if before >= 0 and code.is_name(before) and code.tokens[before].text not in _CONTROL:
                    return code.tokens[before].text
                if before >= 0 and code.is_name(before):
                    return ""
            if code.is_name(index, "class", "object", "enum", "module", "impl"):
                return code.tokens[index + 1].text if code.is_name(index + 1) else ""
        return ""

    # Literal identifiers.

    @cached_property
    def _hits(self) -> tuple[_Hit, ...]:
        code = self._code
        hits: list[_Hit] = []
        for index, token in enumerate(code.tokens):
            if token.kind is TokenKind.STRING:
                hit = self._string_hit(index)
                if hit is not None:
                    hits.append(hit)
            elif token.kind is TokenKind.NAME and token.text in ("BedrockFoundationModel", "FoundationModelIdentifier"):
                hit = self._constant_hit(index)
                if hit is not None:
                    hits.append(hit)
        return tuple(hits)

    def _string_hit(self, index: int) -> _Hit | None:
        code = self._code
        token = code.tokens[index]
        text = token.text
        if len(text) < 5 or len(text) > 2048 or ("." not in text and "/" not in text) or "\n" in text.strip():
            return None
        model = self._file.identify(text.strip())
        if model is not None:
            return _Hit(index, index + 1, model)
        if "foundation-model/" not in text and "inference-profile/" not in text and next(model_id.find_all(text), None) is None:
            return None
        previous = code.before(index)
        if previous < 0 or not code.is_mark(previous, "+"):
            return None
        start = previous
        while (
            start >= 0
            and not code.is_mark(start, "(", ",", "[", "=", ":", "{", "=>", ":=")
            and not code.is_name(start, "return")
        ):
            start = code.before(start)
        low = start + 1 if start >= 0 else code.groups[code.group_of[index]].open + 1
        possible = evaluate(self._scope, low, index + 1)
        model = told_model(possible)
        return _Hit(low, index + 1, model) if model is not None else None

    def _constant_hit(self, index: int) -> _Hit | None:
        code = self._code
        if not code.is_mark(index + 1, ".") or not code.is_name(index + 2):
            return None
        constant = self._file.context.cdk(code.tokens[index + 2].text)
        model = model_id.read(constant) if constant is not None else None
        return _Hit(code.chain(index)[0], index + 3, model) if model is not None else None

    @cached_property
    def _hits_in_group(self) -> dict[int, dict[int, set[str]]]:
        """Group -> entry (its first token) -> identifiers in it: what siblings of a hit look like."""
        found: dict[int, dict[int, set[str]]] = {}
        for hit in self._hits:
            index = hit.start
            for _ in range(12):
                group = self._code.group_of[index]
                found.setdefault(group, {}).setdefault(self._entry(group, index), set()).add(hit.model.base)
                if not group:
                    break
                index = self._code.groups[group].open
        return found

    @lru_cache(maxsize=20_000)  # noqa: B019 (the object lives for one file)
    def _separators(self, group: int) -> tuple[int, ...]:
        code = self._code
        return tuple(
            index for index in code.level(code.groups[group].open + 1, code.limit(group)) if code.is_mark(index, ",", ";")
        )

    def _entry(self, group: int, index: int) -> int:
        """The first token of the entry that `index` stands in; in a group without separators, of its line."""
        separators = self._separators(group)
        if separators:
            at = bisect.bisect_left(separators, index)
            return separators[at - 1] + 1 if at else self._code.groups[group].open + 1
        return self._file.source.position(self._code.tokens[index].start)[0] + 1_000_000

    def literals(self) -> Iterator[Place]:
        """Places where an identifier is given to something that takes a model."""
        code = self._code
        for hit in self._hits:
            if (self._file.path, code.tokens[hit.start].start) in self._reader.used and code.tokens[
                hit.start
            ].kind is TokenKind.STRING:
                continue
            place = self._literal(hit)
            if place is not None:
                yield place

    def _literal(self, hit: _Hit) -> Place | None:
        frames = list(self._frames(hit))
        if any(frame.kind in ("compare", "union", "type") for frame in frames):
            selector = next((frame for frame in frames if frame.kind == "argument" and frame.name in _SELECTORS), None)
            if selector is None or any(frame.kind == "union" for frame in frames):
                return None
            frames = [_Frame("assign", "default model", selector.group, selector.index)]
        if any(words.says_grant(frame.name) or frame.name in _RESOURCE_CALLS for frame in frames if frame.kind != "element"):
            return self._placed(hit, frames, Kind.GRANT, "resources")
        if hit.model.is_pattern:
            arn = "arn:" in code_text(self._code, hit)
            return self._placed(hit, frames, Kind.GRANT, next((frame.name for frame in frames), "")) if arn else None
        named = self._naming(hit, frames)
        if named is None:
            return None
        default = words.says_default(named) or any(frame.kind == "or" for frame in frames)
        if default:
            return self._placed(hit, frames, Kind.DEFAULT, named)
        return self._placed(hit, frames, kind_of(hit.model, named), named)

    def _naming(self, hit: _Hit, frames: list[_Frame]) -> str | None:
        """The name under which a hit chooses a model; None where it chooses none."""
        direct = True
        role = ""
        for depth, frame in enumerate(frames):
            match frame.kind:
                case "argument":
                    if _OBSERVERS.fullmatch(frame.name) or words.says_listing(frame.name):
                        return None
                    if frame.name in _COLLECTORS:
                        if len(self._hits_in_group.get(frame.group, {})) > 1:
                            return None
                        continue
                    if self._is_row_of_many(frame, hit):
                        return None
                    if words.says_model(frame.name) or "bedrock" in frame.name.lower():
                        return frame.name
                    if direct and depth == 0 and not self._is_text(hit):
                        role = role or frame.name
                    direct = False
                case "element":
                    if len(self._hits_in_group.get(frame.group, {})) > 1 and self._is_listing(frames[: depth + 1], hit):
                        return None
                case "pair" | "assign" | "return":
                    if words.says_documentation(frame.name):
                        return None
                    if words.says_listing(frame.name):
                        return None
                    if frame.kind != "return" and self._is_row_of_many(frame, hit):
                        return None
                    if words.says_model(frame.name):
                        if frame.kind == "pair" and self._is_alias(frame, hit):
                            return None
                        return f"{frame.name}.default" if role == "default" else frame.name
                    if frame.kind == "pair" and frame.name == "default":
                        role = "default"
                    elif "bedrock" in frame.name.lower():
                        return frame.name
                    elif not role and frame.kind != "return":
                        role = frame.name
        if role == "default":
            named = self._construct_name(frames)
            return f"{named}.default" if named is not None else None
        first = frames[0] if frames else None
        if first is not None and first.kind == "argument" and role == first.name:
            return first.name
        if first is not None and first.kind in ("assign", "return") and self._file.context.knows(hit.model.base):
            return first.name or None
        return None

    def _is_text(self, hit: _Hit) -> bool:
        return " " in self._code.tokens[hit.start].text

    def _construct_name(self, frames: list[_Frame]) -> str | None:
        """The text that a construct with a default is called: `new CfnParameter(this, "ModelId", {default: ...})`."""
        code = self._code
        for frame in frames:
            if frame.kind != "argument":
                continue
            for low, high in code.entries(frame.group):
                if high - low == 1 and code.tokens[low].kind is TokenKind.STRING and words.says_model(code.tokens[low].text):
                    return code.tokens[low].text
        return None

    def _is_listing(self, frames: list[_Frame], hit: _Hit) -> bool:
        """Whether the items of the list a hit stands in are models to choose from, not things that use one each."""
        element = frames[-1]
        entries = self._hits_in_group[element.group]
        if len(frames) == 1:
            return True
        key = next((frame.name for frame in frames[:-1] if frame.kind == "pair"), "")
        if not words.says_model(key):
            return True
        distinct = {identifier for identifiers in entries.values() for identifier in identifiers}
        return len(distinct) >= len(entries) and len(entries) > 2 and hit.model.base in distinct

    def _is_row_of_many(self, frame: _Frame, hit: _Hit) -> bool:
        """Whether a constant stands in a row of constants that each only spell a model's name again."""
        code = self._code
        entries = self._hits_in_group.get(frame.group, {})
        if len(entries) < 2:
            return False
        name = frame.name
        if frame.kind == "argument":
            # `CLAUDE_3("anthropic...", 200)`: a constant of a Java enumeration.
            return name.isupper() and words.describes(name, hit.model.base)
        return words.describes(name, hit.model.base) or (code.opener(frame.group) == "{" and self._in_enumeration(frame.group))

    def _in_enumeration(self, group: int) -> bool:
        index = self._code.groups[group].open
        return any(self._code.is_name(each, "enum") for each in range(max(0, index - 4), index))

    def _is_alias(self, frame: _Frame, hit: _Hit) -> bool:
        return words.describes(frame.name, hit.model.base) and len(self._hits_in_group.get(frame.group, {})) > 1

    def _placed(self, hit: _Hit, frames: list[_Frame], kind: Kind, name: str) -> Place:
        code = self._code
        possible = evaluate(self._scope, hit.start, hit.end)
        outer = next((frame for frame in frames if frame.kind in ("assign", "pair", "argument")), None)
        anchor = outer.index if outer is not None else hit.start
        start = min(code.tokens[anchor].start, code.tokens[hit.start].start)
        return Place(
            code.tokens[hit.start].start,
            code.tokens[hit.end - 1].end,
            (start, code.tokens[hit.end - 1].end),
            name,
            f"{self._file.name}:{self._owner(hit.start)}{name}",
            kind,
            possible,
            bedrock_only=True,
            evidence=self._evidence(frames),
        )

    def _evidence(self, frames: list[_Frame]) -> tuple[Evidence, ...]:
        code = self._code
        for depth, frame in enumerate(frames):
            if frame.kind != "pair":
                continue
            siblings = tuple(
                code.tokens[low].text
                for low, _ in code.entries(frame.group)
                if code.tokens[low].kind in (TokenKind.NAME, TokenKind.STRING)
            )
            parent = frames[depth + 1].name if depth + 1 < len(frames) else ""
            if words.names_environment(frame.name, siblings, parent):
                token = code.tokens[frame.index]
                return (Evidence(frame.name.lower(), f"key '{frame.name}'", self._file.location(token.start, token.end)),)
        return ()

    def _frames(self, hit: _Hit) -> Iterator[_Frame]:
        """What a hit stands in, from the inside out."""
        code = self._code
        index, last = hit.start, hit.end - 1
        for _ in range(24):
            frame, boundary = self._frame(index, last)
            if frame is not None:
                yield frame
                if frame.kind in ("union", "type"):
                    return
            group = code.group_of[index]
            if boundary == "statement" or not group:
                return
            # Out of the brackets: what they are an argument or item of comes next.
            last = code.limit(group)
            index = code.groups[group].open
            if code.opener(group) == "{" and not code.is_object(group):
                if frame is not None and frame.kind == "argument":
                    continue
                body = self._body_name(group)
                if frame is None or frame.kind != "return":
                    # A statement in a body: what the function is called says nothing about it, but a predicate does.
                    if not self._is_lambda(group):
                        return
                elif body:
                    return

    def _is_lambda(self, group: int) -> bool:
        return self._code.is_mark(self._code.groups[group].open - 1, "=>", "->")

    def _frame(self, index: int, last: int) -> tuple[_Frame | None, str]:
        """What stands right around the expression from `index` to `last`, and how far the search went."""
        code = self._code
        group = code.group_of[index]
        previous = code.before(index)
        following = (
            code.after(index) if code.opened_at.get(index) is not None else (last + 1 if last + 1 < code.limit(group) else -1)
        )
        if (
            (following >= 0
            and code.is_mark(following, "===", "==", "!=", "!=="))
            or (following >= 0 and code.is_mark(following, "|"))
        ):
            return _Frame("union" if code.is_mark(following, "|") else "compare", "", group, index), "entry"
        fell_back = False
        crossed = 0
        while previous >= 0 and crossed < 64:
            crossed += 1
            if code.is_mark(previous, ",", ";"):
                break
            if code.is_mark(previous, "===", "==", "!=", "!=="):
                return _Frame("compare", "", group, previous), "entry"
            if code.is_mark(previous, "|"):
                return _Frame("union", "", group, previous), "entry"
            if code.is_name(previous, "case", "when", "instanceof", "typeof"):
                return _Frame("compare", "", group, previous), "entry"
            if code.is_name(previous, "type") and code.lexicon.name == "javascript" and crossed > 1:
                return _Frame("type", "", group, previous), "entry"
            if code.is_name(previous, "return"):
                return _Frame("return", self._function_name(previous), group, previous), "entry"
            if code.is_mark(previous, "??", "||", "?:", "??=", "||=") or code.is_name(previous, "or"):
                fell_back = True
            if code.is_mark(previous, "=>") and code.opener(group) not in ("[",):
                before = code.before(previous)
                if before >= 0 and code.tokens[before].kind is TokenKind.STRING and code.opener(group) in ("(", "["):
                    return _Frame("pair", code.tokens[before].text, group, before), "entry"
            if code.is_mark(previous, "=", ":=", "??=", "||="):
                name = code.assigned(previous)
                if name is not None:
                    text = code.tokens[name].text
                    if code.is_name(code.before(name), "type") and code.lexicon.name == "javascript":
                        return _Frame("type", text, group, name), "entry"
                    kind = "pair" if code.opener(group) in ("(", "{") and code.is_object(group) else "assign"
                    return _Frame(kind, f"{text} default" if fell_back else text, group, name), "entry"
            if code.is_mark(previous, ":", "=>") and (code.opener(group) in ("(", "[") or code.is_object(group)):
                key = code.before(previous)
                if key >= 0 and (code.is_name(key) or code.tokens[key].kind is TokenKind.STRING) and self._is_key(key):
                    text = code.tokens[key].text
                    return _Frame("pair", f"{text} default" if fell_back else text, group, key), "entry"
                bracket = code.opened_at.get(key) if key >= 0 else None
                if bracket is not None and code.opener(bracket) == "[" and self._is_key(key):
                    return _Frame("pair", code.tokens[key + 1].text, group, key), "entry"
            step = code.before(previous)
            if code.opener(group) in ("{", "") and not code.is_object(group) and step >= 0:
                gap = code.text[code.tokens[self._last(step)].end : code.tokens[previous].start]
                if (
                    "\n" in gap
                    and code.is_name(previous)
                    and not code.is_mark(self._last(step), "=", "=>", ":", "??", "||", "?", "(", ".", "+")
                ):
                    break
            previous = step
        opener = code.opener(group)
        if opener == "(":
            callee = code.groups[group].open - 1
            if code.is_mark(callee, ">"):
                callee = self._before_generics(callee)
            if code.is_name(callee) and code.tokens[callee].text not in _CONTROL:
                return _Frame("argument", code.tokens[callee].text, group, callee), "entry"
            if code.is_name(callee):
                return _Frame("compare", "", group, callee), "entry"
            return None, "entry"
        if opener == "[":
            return _Frame("element", "", group, index), "entry"
        if opener == "{" and not code.is_object(group):
            before = code.groups[group].open - 1
            if self._in_enumeration(group) or code.is_mark(before, "]") or code.is_name(before):
                return _Frame("element", "", group, index), "entry"
            return None, "body"
        if opener == "{":
            return _Frame("element", "", group, index), "entry"
        return None, "statement"

    def _last(self, index: int) -> int:
        group = self._code.opened_at.get(index)
        return index if group is None else min(self._code.limit(group), len(self._code.tokens) - 1)

    def _is_key(self, index: int) -> bool:
        """Whether a token starts an entry of its group, so that a colon behind it makes it a key."""
        previous = self._code.before(index)
        if previous < 0 or self._code.is_mark(previous, ",", ";", "{"):
            return True
        return (
            self._code.is_mark(previous, "?") is False
            and "\n" in self._code.text[self._code.tokens[self._last(previous)].end : self._code.tokens[index].start]
        )

    def _before_generics(self, index: int) -> int:
        depth = 0
        for _ in range(24):
            if self._code.is_mark(index, ">"):
                depth += 1
            elif self._code.is_mark(index, "<"):
                depth -= 1
                if depth == 0:
                    return index - 1
            index -= 1
        return index

    def _function_name(self, index: int) -> str:
        group = self._code.group_of[index]
        while group:
            if self._code.opener(group) == "{" and not self._code.is_object(group):
                name = self._body_name(group)
                if name:
                    return name
            group = self._code.groups[group].parent
        return ""

    # Permissions for every model.

    def wildcards(self) -> Iterator[Place]:
        """`resources: ["*"]` beside an action that invokes models."""
        code = self._code
        seen: set[int] = set()
        for index, token in enumerate(code.tokens):
            if token.kind is not TokenKind.STRING or not _GRANT_ACTION.match(token.text):
                continue
            group = code.group_of[index]
            for _ in range(3):
                found = (
                    find_key(code, group, ("resources", "Resources", "Resource", "resource")) if code.is_object(group) else None
                )
                if found is not None:
                    yield from self._stars(found, seen)
                    break
                if not group:
                    break
                group = code.groups[group].parent

    def _stars(self, value: tuple[int, int], seen: set[int]) -> Iterator[Place]:
        code = self._code
        for index in range(*value):
            token = code.tokens[index]
            if token.kind is TokenKind.STRING and token.text == "*" and index not in seen:
                seen.add(index)
                yield Place(
                    token.start,
                    token.end,
                    (code.tokens[value[0]].start, code.tokens[value[1] - 1].end),
                    "resources",
                    f"{self._file.name}:{self._owner(index)}resources",
                    Kind.GRANT,
                    evaluate(self._scope, index, index + 1),
                    bedrock_only=True,
                )


_CONTROL = frozenset(("if", "while", "for", "switch", "catch", "when", "match", "return", "typeof", "in", "of", "and", "or"))
_RESOURCE_CALLS = frozenset(("addResources", "addResource", "resourceArns", "withResources"))


def code_text(code: Code, hit: _Hit) -> str:
    """The text of the tokens of a hit."""
    return code.text[code.tokens[hit.start].start : code.tokens[hit.end - 1].end]


def told_model(possible: Possible) -> ModelId | None:
    """The first model that a value is known to name."""
    for each in possible:
        if not isinstance(each.content, Hole):
            model = model_id.read(str(each.content))
            if model is not None and model.id != "*":
                return model
    return None


def _by_last_name(rows: tuple[Surface, ...]) -> dict[str, list[Surface]]:
    found: dict[str, list[Surface]] = {}
    for row in rows:
        if row.kind is not None and re.fullmatch(r"[\w.]+", row.symbol):
            found.setdefault(row.symbol.rsplit(".", 1)[-1], []).append(row)
    return found
