"""What templates publish for others of the repository: SSM parameters by name, and outputs by the name they are exported as."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.evaluate import Evaluator, Outside
from routelint.parse.cloudformation.nodes import Mapping, Node, location
from routelint.parse.cloudformation.stack import Stack
from routelint.possible import Content, Possible, unite, via
from routelint.possible import Template as PartText

MOST_FOLLOWED = 8
MOST_ENTRIES = 10_000
_STORE = "AWS::SSM::Parameter"
_HOLE = lazy_regex(r"\$\{[^}]*\}")
# A name of which less is known could be any other.
_LEAST_KNOWN = 4


@dataclass(eq=False)
class _Entry:
    """A value that is published, and the scenarios of its template in which it is; `owner` is what publishes it."""

    stack: Stack
    value: Node
    owner: str
    evaluators: list[Evaluator] = field(default_factory=list)


@dataclass(eq=False)
class Published:
    """Everything that the stacks of a scan publish; `stacks` is asked once, at the first question."""

    stacks: Callable[[], Iterable[Stack]]
    _stored: dict[str, list[_Entry]] | None = None
    _exported: dict[str, list[_Entry]] = field(default_factory=dict)
    _following: list[str] = field(default_factory=list)

    @property
    def outside(self) -> Outside:
        """How an evaluator asks."""
        return Outside(self.stored, self.exported)

    def stored(self, name: str) -> Possible | None:
        """What the SSM parameter of a name holds; None where no template of the scan creates it."""
        self._read()
        return self._followed(f"SSM parameter '{name}'", (self._stored or {}).get(name.removeprefix("/"), []))

    def exported(self, name: Content) -> Possible | None:
        """What is exported as a name, which may be known in part; None where no template of the scan, or several, export it."""
        self._read()
        if not isinstance(name, (str, PartText)):
            return None
        text = str(name)
        entries = self._exported.get(text)
        if entries is None:
            alike = [key for key in self._exported if _may_be(key, text)]
            entries = self._exported[alike[0]] if len(alike) == 1 else []
        return self._followed(f"export '{text}'", entries)

    def _followed(self, what: str, entries: list[_Entry]) -> Possible | None:
        if not entries or what in self._following or len(self._following) >= MOST_FOLLOWED:
            return None
        self._following.append(what)
        try:
            return unite(self._value(what, each) for each in entries) or None
        finally:
            self._following.pop()

    def _value(self, what: str, entry: _Entry) -> Possible:
        hop = Hop(location(entry.value), f"{what} of {entry.owner}")
        return via(entry.stack.evaluate(entry.value, entry.evaluators), hop, Resolution.LINKED)

    def _read(self) -> None:
        if self._stored is not None:
            return
        self._stored = {}
        left = MOST_ENTRIES
        for stack in sorted(self.stacks(), key=lambda each: each.template.path):
            for declared in stack.resources.values():
                if declared.type == _STORE and isinstance(declared.properties, Mapping) and left > 0:
                    left -= 1
                    name, value = declared.properties.get("Name"), declared.properties.get("Value")
                    self._enter(self._stored, stack, cases.live(stack.evaluators, declared), name, value, declared.name)
            for output, body in stack.template.outputs.items():
                export, value = body.get("Export"), body.get("Value")
                if isinstance(export, Mapping) and left > 0:
                    left -= 1
                    self._enter(self._exported, stack, stack.evaluators, export.get("Name"), value, f"output {output}")

    def _enter(
        self,
        entries: dict[str, list[_Entry]],
        stack: Stack,
        evaluators: tuple[Evaluator, ...],
        name: Node | None,
        value: Node | None,
        owner: str,
    ) -> None:
        if name is None or value is None:
            return
        named: dict[str, _Entry] = {}
        for evaluator in evaluators:
            for each in evaluator.evaluate(name):
                if isinstance(each.content, (str, PartText)):
                    key = str(each.content).removeprefix("/") if entries is self._stored else str(each.content)
                    entry = named.setdefault(key, _Entry(stack, value, owner))
                    if evaluator not in entry.evaluators:
                        entry.evaluators.append(evaluator)
        for key, entry in named.items():
            entries.setdefault(key, []).append(entry)


def _may_be(exported: str, imported: str) -> bool:
    """Whether two names, one or both known in part, may be one."""
    one, other = _HOLE.split(exported), _HOLE.split(imported)
    if (len(one) == 1 and len(other) == 1) or min(sum(map(len, one)), sum(map(len, other))) < _LEAST_KNOWN:
        return False
    if len(one) > 1 and len(other) > 1:
        return (one[0], one[-1]) == (other[0], other[-1])
    pattern, (text,) = (one, other) if len(one) > 1 else (other, one)
    return len(text) > len(pattern[0] + pattern[-1]) and text.startswith(pattern[0]) and text.endswith(pattern[-1])
