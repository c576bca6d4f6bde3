"""Variables of the Serverless Framework (`${self:...}`, `${opt:stage, 'dev'}`, `${file(...):key}`) and what they come to.

What a variable stands for is decided by the stage alone: options and variables of the shell are not known, so their
fallbacks are taken. The stage is a parameter of the template that the service becomes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.cloudformation import contents, syntax
from routelint.parse.cloudformation.naming import ENVIRONMENT_WORDS
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence, location, text_at
from routelint.parse.cloudformation.placeholders import Variable, alternatives, inside, pieces, texts, whole
from routelint.possible import Possible, combine, concatenate, known, unknown
from routelint.source import SourceText

if TYPE_CHECKING:
    from routelint.parse.cloudformation.evaluate import Evaluator

Read = Callable[[str], SourceText | None]

STAGE = "stage"
TEXT = "Serverless::Text"
SUB = "Serverless::Sub"
# Variables may lead to variables, and hold others.
MOST_STEPS = 12
MOST_NODES = 50_000
MOST_DEPTH = 32
MOST_STAGES = 12
MOST_RESOLVED = 20_000
LONGEST_ADDRESS = 1_000
MOST_FILES = 64
_FILE = lazy_regex(r"file\(\s*([^)]*?)\s*\)(?:\s*:\s*(.+))?", re.DOTALL)
_LITERAL = lazy_regex(r"'([^']*)'|\"([^\"]*)\"|(\d+|true|false)")
_UNTOLD = {
    "opt": "option '{0}' is given where the service is deployed",
    "env": "variable '{0}' of the shell that deploys the service is not in the scanned files",
    "param": "no parameter '{0}' of the service is in the scanned files",
    "self": "'{0}' is not in the service",
    "cf": "'{0}' is an output of another stack",
}
_ANY_STAGE = "\0"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a variable stands for in one stage: a node, or why there is none; `hops` lead there, nearest first.

    `landing` is where the address itself leads, which may be another variable.
    """

    node: Node | None
    hops: tuple[Hop, ...] = ()
    step: Resolution = Resolution.CONSTANT
    staged: bool = False
    reason: str = ""
    landing: Node | None = None


@dataclass(eq=False)
class Variables:
    """The variables of one service; `read` gives the text of a path relative to the root of the scan."""

    root: Mapping
    read: Read
    files: dict[str, None] = field(default_factory=dict)
    stages: dict[str, Scalar] = field(default_factory=dict)
    default: Scalar = field(init=False)
    _roots: dict[str, Node | None] = field(default_factory=dict)
    _filled: dict[int, tuple[Node, Node]] = field(default_factory=dict)
    _nodes: int = 0
    _left: int = MOST_RESOLVED

    def __post_init__(self) -> None:
        self.default = self._default_stage()
        self.stages = dict(list(self._stages())[:MOST_STAGES])

    # Structure

    def filled(self, node: Node, depth: int = 0) -> Node:
        """A node whose variables are expressions: those of texts are left to `text`, those of lists and maps are replaced."""
        if isinstance(node, Scalar) and "${" not in node.text:
            return node
        if id(node) in self._filled:
            return self._filled[id(node)][1]
        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            return node
        result = self._replaced(node, depth)
        self._filled[id(node)] = (node, result)
        return result

    def _replaced(self, node: Node, depth: int) -> Node:
        match node:
            case Scalar():
                if "${" not in node.text or not any(isinstance(piece, Variable) for piece in pieces(node.text)):
                    return node
                spliced = self._spliced(node, depth)
                if spliced is not None:
                    return spliced
                return replace(node, tag=SUB if node.tag in ("Sub", SUB) else TEXT, plain=False)
            case Sequence():
                return replace(node, items=tuple(self.filled(item, depth + 1) for item in node.items))
            case Mapping():
                entries = {key: Entry(entry.key, self.filled(entry.value, depth + 1)) for key, entry in node.entries.items()}
                argument = node.get("Fn::Sub")
                if isinstance(argument, Scalar) and len(entries) == 1 and entries["Fn::Sub"].value is not argument:
                    return replace(argument, start=node.start, end=node.end, tag=SUB, plain=False)
                return replace(node, entries=entries)

    def _spliced(self, node: Scalar, depth: int) -> Node | None:
        """The list or map that a text stands for, chosen by the stage where that decides; None where it is a text."""
        variable = whole(node)
        if variable is None:
            return None
        found = {stage: self.resolve(variable, stage, node).node for stage in self.stages or ("",)}
        if not any(isinstance(each, (Mapping, Sequence)) for each in found.values()):
            return None
        chosen: Node | None = None
        for stage, each in reversed(found.items()):
            inner = self.filled(each, depth + 1) if each is not None else Scalar("AWS::NoValue", *_place(node), "Ref")
            if chosen is None or inner is chosen:
                chosen = inner
                continue
            name = Scalar(condition(stage), *_place(node))
            chosen = Sequence((name, inner, chosen), *_place(node), "If")
        return chosen

    # Texts

    def text(self, evaluator: Evaluator, node: Scalar, *, is_sub: bool) -> Possible:
        """What a text with variables comes to; where `is_sub`, or where they stand in it, those of CloudFormation too."""
        stage = next((each.content for each in evaluator.evaluate(_stage(node))), None) if self.stages else None
        operands = []
        for piece in pieces(node.text.strip()):
            if isinstance(piece, Variable):
                operands.append(self._value(evaluator, piece.text, stage if isinstance(stage, str) else None, node))
            elif is_sub or "${AWS::" in piece:
                operands.append(evaluator.evaluate(Scalar(piece, *_place(node), "Sub")))
            else:
                operands.append(known(piece))
        if len(operands) == 1:
            return operands[0]
        return contents.step(combine(contents.supplying(operands), concatenate), Resolution.SUBSTITUTION)

    def _value(self, evaluator: Evaluator, variable: str, stage: str | None, node: Scalar) -> Possible:
        found = self.resolve(variable, stage, node)
        label = f"${{{alternatives(variable)[0][:80]}}}"
        if found.node is None:
            return unknown(found.reason, label, found.hops)
        decided = evaluator.evaluate(_stage(node))[0].trail if found.staged else ()
        return tuple(
            replace(
                each,
                trail=(*found.hops, *each.trail, *decided),
                resolution=found.step if each.resolution is Resolution.LITERAL else each.resolution,
            )
            for each in evaluator.evaluate(self.filled(found.node))
        )

    def resolve(self, variable: str, stage: str | None, node: Scalar, depth: int = 0) -> Found:
        """What a variable stands for: the first of its alternatives that is in the scanned files."""
        if depth > MOST_STEPS:
            return Found(None, reason=f"'{variable[:80]}' leads through more than {MOST_STEPS} variables, or to itself")
        self._left -= 1
        if self._left < 0:
            return Found(None, reason="too many variables of the service lead to others")
        parts = alternatives(variable)
        reason, step, staged = "", Resolution.CONSTANT, False
        for part in parts:
            if (literal := _LITERAL.fullmatch(part)) is not None:
                text = Scalar(next((group for group in literal.groups() if group is not None), ""), *_place(node))
                hop = Hop(location(node), f"variable {parts[0]}, default")
                return Found(text, (hop,), _later(step, Resolution.PARAMETER_DEFAULT), staged)
            address, decided, why = self._plain(part, stage, node, depth)
            found = Found(None, reason=why) if address is None else self._lookup(address, stage, node, depth)
            staged = staged or decided or found.staged
            if found.node is not None:
                landing = found.landing or found.node
                is_here = landing.start == node.start and landing.source is node.source
                hops = found.hops if is_here else (Hop(location(landing), f"variable {address}"), *found.hops)
                own = Resolution.MAPPING if staged else found.step
                if found.node.source.path != self.root.source.path:
                    own = Resolution.CROSS_FILE
                return Found(found.node, hops, _later(step, own), staged)
            reason = reason or found.reason
            if part.startswith("env:"):
                step = Resolution.ENV_DEFAULT
        return Found(None, (), step, staged, reason)

    def _plain(self, text: str, stage: str | None, node: Scalar, depth: int) -> tuple[str | None, bool, str]:
        """A text with its variables filled in, whether the stage decides it, and why it cannot be told."""
        parts, staged = [], False
        for piece in pieces(text):
            if isinstance(piece, str):
                parts.append(piece)
                continue
            found = self.resolve(piece.text, stage, node, depth + 1)
            staged = staged or found.staged
            inner = found.node
            if isinstance(inner, Scalar) and inner.tag == "Ref" and inner.text == STAGE:
                staged = True
                if stage is None:
                    return None, True, _UNTOLD["opt"].format(STAGE)
                parts.append(stage)
                continue
            if not isinstance(inner, Scalar) or inner.tag is not None:
                return None, staged, found.reason or f"'{piece.text[:80]}' is no text"
            told, decided, why = self._plain(inner.text, stage, inner, depth + 1)
            if told is None:
                return None, staged or decided, why
            staged = staged or decided
            parts.append(told)
            if sum(map(len, parts)) > LONGEST_ADDRESS:
                return None, staged, f"'{text[:80]}' is longer than {LONGEST_ADDRESS:,} characters"
        return "".join(parts), staged, ""

    # Sources

    def _lookup(self, address: str, stage: str | None, node: Scalar, depth: int) -> Found:
        """What stands at an address."""
        if address.startswith("file("):
            return self._in_file(address, stage, node, depth)
        kind, _, path = address.partition(":")
        reason = _UNTOLD.get(kind, "'{1}' is told only where the service is deployed").format(path, address)
        found: Node | None = None
        match kind:
            case "self":
                return self._walk(self.root, [each for each in path.split(".") if each], stage, node, depth, reason)
            case "opt" if path == STAGE and self.stages:
                found = _stage(node)
            case "opt" if path == "region":
                found = self._region()
            case "sls" if path == STAGE:
                found = _stage(node) if self.stages else self.default
            case "param":
                found = self._parameter(path, stage)
            case "aws":
                found = self._pseudo(path, node)
        if kind.startswith("ssm"):
            found = Scalar(f"{{{{resolve:ssm:{path.split('~')[0]}}}}}", *_place(node))
        if found is None:
            return Found(None, reason=reason)
        is_staged = kind == "param" and any(self._parameter(path, each) is not found for each in self.stages)
        return replace(self._walk(found, [], stage, node, depth, reason), staged=is_staged)

    def _region(self) -> Node | None:
        provider = self.root.get("provider")
        return provider.get("region") if isinstance(provider, Mapping) and text_at(provider.get("region")) else None

    def _pseudo(self, path: str, node: Scalar) -> Node | None:
        names = {"accountId": "AWS::AccountId", "region": "AWS::Region", "partition": "AWS::Partition"}
        region = self._region() if path == "region" else None
        if isinstance(region, Scalar) and "${" not in region.text:
            return region
        return Scalar(names[path], *_place(node), "Ref") if path in names else None

    def _parameter(self, name: str, stage: str | None) -> Node | None:
        for where in (stage, "default"):
            for steps in (("stages", where, "params", name), ("params", where, name)):
                found: Node | None = self.root
                for step in steps:
                    found = found.get(step) if isinstance(found, Mapping) and step is not None else None
                if found is not None:
                    return found
        return None

    def _in_file(self, address: str, stage: str | None, node: Scalar, depth: int) -> Found:
        match = _FILE.fullmatch(address)
        if match is None:
            return Found(None, reason=f"'{address[:80]}' names no file")
        name, keys = match[1].strip("'\""), [each for each in (match[2] or "").strip().split(".") if each]
        if not name.endswith((".yml", ".yaml", ".json")):
            return Found(None, reason=f"program '{name}' computes it")
        root = self._file(name)
        if root is None:
            return Found(None, reason=f"file '{name}' is not in the scanned files")
        return self._walk(root, keys, stage, node, depth, f"'{'.'.join(keys)}' is not in '{name}'")

    def _file(self, name: str) -> Node | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.root.source.path), name))
        if path.startswith(("..", "/")) or (path not in self._roots and len(self._roots) >= MOST_FILES):
            return None
        if path not in self._roots:
            source = self.read(path)
            roots = syntax.parse(source).roots if source is not None else ()
            self._roots[path] = roots[0] if roots else None
            if roots:
                self.files[path] = None
        return self._roots[path]

    def _walk(self, root: Node, steps: list[str], stage: str | None, node: Scalar, depth: int, reason: str) -> Found:
        """The node at the end of `steps`, through variables on the way; what is set by a variable is where that leads."""
        at = Found(root, landing=root)
        for step in (*steps[:MOST_DEPTH], None):
            variable = whole(at.node)
            if variable is not None and isinstance(at.node, Scalar):
                inner = self.resolve(variable, stage, at.node, depth + 1)
                at = replace(inner, hops=(*inner.hops, *at.hops), staged=at.staged or inner.staged, landing=at.landing)
                if at.node is None:
                    return at
            if step is None:
                break
            found: Node | None = None
            if isinstance(at.node, Mapping):
                found = at.node.get(step)
            elif isinstance(at.node, Sequence) and step.isdecimal() and len(step) < 6 and int(step) < len(at.node.items):
                found = at.node.items[int(step)]
            if found is None:
                return replace(at, node=None, reason=reason)
            at = replace(at, node=found, landing=found)
        is_absent = isinstance(at.node, Scalar) and at.node.is_null
        return replace(at, node=None, reason=reason) if is_absent else at

    # Stages

    def _default_stage(self) -> Scalar:
        provider = self.root.get("provider")
        set_ = provider.get(STAGE) if isinstance(provider, Mapping) else None
        own = [set_] if isinstance(set_, Scalar) else []
        for node in (*own, *texts(self.root)):
            for variable in inside(node.text):
                first, *others = alternatives(variable)
                literal = _LITERAL.fullmatch(others[-1]) if first in ("opt:stage", "sls:stage") and others else None
                if literal is not None:
                    return Scalar(literal[1] or literal[2] or literal[3] or "", *_place(node))
        if own and "${" not in own[0].text and own[0].text:
            return own[0]
        return Scalar("dev", *_place(provider if provider is not None else self.root))

    def _stages(self) -> Iterator[tuple[str, Scalar]]:
        """The stages that the service provides for, the default first; none where no stage is asked for."""
        named: dict[str, Scalar] = {}
        asked = False
        self.stages = {_ANY_STAGE: self.root.entries[next(iter(self.root.entries))].key}
        for node in texts(self.root):
            for variable in inside(node.text):
                for part in alternatives(variable):
                    asked = asked or part in ("opt:stage", "sls:stage")
                    named.update(self._keys(part, node))
        self.stages = {}
        for name in ("params", "stages"):
            section = self.root.get(name)
            if isinstance(section, Mapping):
                asked = True
                named.update({key: entry.key for key, entry in section.entries.items() if key != "default"})
        if not asked:
            return
        yield self.default.text, self.default
        yield from ((stage, key) for stage, key in named.items() if stage != self.default.text)

    def _keys(self, part: str, node: Scalar) -> Iterator[tuple[str, Scalar]]:
        """The stages that an address provides for, where the stage stands in it."""
        address, _, _ = self._plain(part, _ANY_STAGE, node, 0)
        if address is None or address.count(_ANY_STAGE) != 1:
            return
        before, _, after = address.partition(_ANY_STAGE)
        if address.startswith("file(") and ")" in after:
            yield from ((word, node) for word in sorted(ENVIRONMENT_WORDS) if self._exists(f"{before}{word}{after}"))
            return
        if not before.endswith((".", ":")) or (after and not after.startswith(".")):
            return
        holder = self._lookup(before.removesuffix("."), None, node, 0).node
        for key, entry in holder.entries.items() if isinstance(holder, Mapping) else ():
            if key == "default":
                continue
            rest = [step for step in after.split(".") if step]
            if self._walk(entry.value, rest, None, node, 0, "").node is not None:
                yield key, entry.key

    def _exists(self, address: str) -> bool:
        match = _FILE.fullmatch(address)
        return match is not None and self._file(match[1].strip("'\"")) is not None


def condition(stage: str) -> str:
    """The name of the condition that a stage is deployed."""
    return f"{STAGE} is {stage}"


def _later(step: Resolution, own: Resolution) -> Resolution:
    return own if step is Resolution.CONSTANT else step


def _place(node: Node) -> tuple[SourceText, int, int]:
    return node.source, node.start, node.end


def _stage(node: Node) -> Scalar:
    return Scalar(STAGE, *_place(node), "Ref")
