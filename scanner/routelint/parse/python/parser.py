"""One scan of the Python files: sinks, grants and defaults of the marked modules, in order of their places."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from routelint.deferred import dataclass
from routelint.model import ModelReference, PolicyStatement, Resource, ScanError, Span
from routelint.parse import observing
from routelint.parse.parsed import EnvironmentSetting, EnvironmentSettings, ParseContext, Parsed
from routelint.parse.python import infrastructure, ownership, program, words
from routelint.parse.python.evaluate import Evaluator
from routelint.parse.python.fallbacks import Fallbacks, within
from routelint.parse.python.grants import Grants
from routelint.parse.python.modules import Module
from routelint.parse.python.ownership import Ownership
from routelint.parse.python.program import Program
from routelint.parse.python.questions import MOST_STEPS_OF_A_FILE, TooMuchError
from routelint.parse.python.references import References, numbered
from routelint.parse.python.sinks import Sinks
from routelint.parse.python.statements import Statements
from routelint.parse.python.surface_index import SurfaceIndex, index
from routelint.parse.python.versions import Defaults
from routelint.parse.steps import Failure, Item, Result, Runner
from routelint.source import SourceText, SourceUnit
from routelint.tracing import Question, Search, TracedTree

# More marked files than any repository of applications but a collection of samples has.
MANY_FILES = 200
LEAST_STEPS_OF_A_FILE = 5_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What the calls of a module hold.

    `objects` are calls, as their number in the module and their span, that make an object which stands for a model. `judged`
    are the calls that surfaces know, path by path: what their arguments say is no default, whether or not it is a route.
    `names_models` says whether a text of the module may be a default.
    """

    references: tuple[ModelReference, ...] = ()
    statements: tuple[PolicyStatement, ...] = ()
    resources: tuple[Resource, ...] = ()
    objects: tuple[tuple[int, Span], ...] = ()
    judged: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    names_models: bool = False
    errors: tuple[ScanError, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What the calls of all modules have told of one module: where routes stand or come by, and which objects are left.

    An object that stands for a model is a route of its own only where no route has been given it. `most_steps` bounds the work.
    """

    spans: tuple[Span, ...]
    objects: tuple[int, ...]
    most_steps: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a module when the calls of all have been followed."""

    references: tuple[ModelReference, ...] = ()
    errors: tuple[ScanError, ...] = ()


def _told(looked: Mapping[str, Looked], most_steps: int) -> dict[str, Told]:
    """What the modules have told of each other, by path."""
    routes = places(itertools.chain.from_iterable(one.references for one in looked.values()))
    spans = {path: list(found) for path, found in routes.items()}
    for one in looked.values():
        for path, judged in one.judged:
            spans.setdefault(path, []).extend(judged)
    return {
        path: Told(
            tuple(sorted(set(spans.get(path, ())))),
            tuple(number for number, span in one.objects if not any(within(span, each) for each in routes.get(path, ()))),
            most_steps,
        )
        for path, one in looked.items()
    }


class PythonScan:
    """The Python files of a unit, in steps that each look at one marked module."""

    def __init__(self, unit: SourceUnit, context: ParseContext) -> None:
        self.unit = unit
        self.tree = TracedTree.of(context.tree)
        self.context = replace(context, tree=self.tree)
        self._known_settings: EnvironmentSettings | None = None
        self._last_evaluator: Evaluator | None = None

    def parsed(self, run: Runner) -> Parsed:
        """Everything the marked files of the unit hold."""
        failures: list[ScanError] = []

        def step(name: str, items: Sequence[Item], shared: object = None) -> Iterator[tuple[str, Result]]:
            for item, result in zip(items, run(self, name, items, shared), strict=True):
                if isinstance(result, Failure):
                    failures.append(result.error)
                else:
                    yield item.path, result

        most_steps = _most_steps(len(self.unit.marked))
        marked = [Item(path, most_steps) for path in sorted(self.unit.marked)]
        settings = tuple(itertools.chain.from_iterable(found for _, found in step("settings", marked)))
        shared = (*self.context.settings.settings, *settings)
        looked: dict[str, Looked] = dict(step("look", marked, shared))
        told = _told(looked, most_steps)
        left = [Item(path, told[path]) for path, one in looked.items() if one.names_models or told[path].objects]
        rest: dict[str, Rest] = dict(step("rest", left, shared))
        found: list[Looked | Rest] = [*looked.values(), *rest.values()]
        references = [each for one in found for each in one.references]
        references.sort(key=lambda each: (each.location.path, each.location.span, each.sink, each.root))
        seen = dict(step("apps", [Item("", self.unit.marked)]))
        made, apps = seen.get("", ((), ()))
        return Parsed(
            tuple(numbered(references)),
            observing.once((*(each for one in looked.values() for each in one.resources), *made)),
            settings,
            (*(each for one in found for each in one.errors), *dict.fromkeys(failures)),
            tuple(each for one in looked.values() for each in one.statements),
            tuple(apps),
        )

    def holds(self, path: str, search: Search) -> bool:
        """Whether a file holds the name of a search."""
        data = words.searched(path, self.tree.untraced.read(path))
        return words.holds(data, search.kind, search.word, () if path == search.near else search.origins)

    def answer(self, question: Question, shared: object) -> object:
        """What a question comes to: which files there are, or what is set for a place."""
        match question:
            case ("setting", path, name):
                return self._settings(shared).lookup(path, name)
            case ("set", name):
                return self._settings(shared).is_set(name)
            case (program.FILE, path):
                return self._program.is_file(path)
            case (program.MODULES, name):
                return self._program.named(name)
            case (ownership.SIZE, folder):
                return self._ownership.size(folder)
            case (ownership.INSTALLED,):
                return sorted(self._ownership.installed)
        raise AssertionError(f"nobody has asked {question}")

    # What the steps share is only what was read, and what was asked of it: answers are worked out anew for each file.

    @cached_property
    def _program(self) -> Program:
        return Program(self.tree, self.unit.paths)

    @cached_property
    def _index(self) -> SurfaceIndex:
        return index(self.context.surfaces)

    @cached_property
    def _ownership(self) -> Ownership:
        return Ownership(self.tree)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.tree.untraced.paths())

    def _evaluator(self, most_steps: int, settings: Sequence[EnvironmentSetting] | None = None) -> Evaluator:
        """The evaluator of a step, which is done with the last one."""
        if self._last_evaluator is not None:
            self._last_evaluator.close()
        noted = _NotedSettings(self._settings(settings), self.tree)
        self._last_evaluator = Evaluator(self._program, replace(self.context, settings=noted), most_steps)
        return self._last_evaluator

    def _settings(self, shared: object) -> EnvironmentSettings:
        """What is set for places, as a step knows it; those of one run are looked up many times."""
        if not isinstance(shared, tuple):
            return self.context.settings
        if self._known_settings is None or self._known_settings.settings is not shared:
            self._known_settings = EnvironmentSettings(shared)
        return self._known_settings

    def settings(self, item: Item, _shared: object) -> tuple[EnvironmentSetting, ...]:
        """The environment variables that a module of a CDK program sets."""
        if not infrastructure.may_set(self.tree.read(item.path)):
            return ()
        module = self._program.module(item.path)
        if module is None:
            return ()
        self.tree.paths()  # the code that variables are set for is looked for among all files
        return tuple(infrastructure.settings(self._evaluator(_number(item)), [module], self._paths))

    def look(self, item: Item, shared: Sequence[EnvironmentSetting]) -> Looked:
        """What the calls of a module hold, and its policies; `shared` are the variables that all infrastructure sets."""
        module = self._program.module(item.path)
        faults = self._program.errors.get(item.path, ())
        if module is None:
            return Looked(errors=faults)
        evaluator = self._evaluator(_number(item), shared)
        sinks = Sinks(evaluator, self._index, self._ownership)
        routes = References(evaluator, self._index, Defaults(self.tree))
        grants = Grants(evaluator)
        policies = Statements(evaluator)
        references: list[ModelReference] = []
        statements: list[PolicyStatement] = []
        objects: list[tuple[int, Span]] = []
        cut: list[ScanError] = []
        with _bounded(module, cut):
            for number, place in enumerate(module.calls):
                sink = sinks.at(place)
                if sink is None:
                    continue
                match sink.rows[0].reads:
                    case "statements":
                        references.extend(grants.of_sink(sink))
                        statements.extend(policies.of_sink(sink))
                    case "object":
                        objects.append((number, module.span(place.call)))
                    case _:
                        references.extend(routes.of(sink))
            references.extend(grants.of_module(module))
            statements.extend(policies.of_module(module))
        resources: Iterable[Resource] = ()
        if module.places_in_file is None:
            resources = observing.of_file(SourceText(module.path, module.text), "python")
        return Looked(
            tuple(references),
            tuple(statements),
            tuple(resources),
            tuple(objects),
            tuple((path, tuple(spans)) for path, spans in sinks.judged.items()),
            Fallbacks(evaluator).has_any(module),
            (*faults, *cut),
        )

    def rest(self, item: Item, shared: Sequence[EnvironmentSetting]) -> Rest:
        """The objects of a module that no route was given, and its defaults; the item brings what was told of it."""
        told = item.given
        module = self._program.module(item.path)
        if module is None or not isinstance(told, Told):
            return Rest()
        evaluator = self._evaluator(told.most_steps, shared)
        references: list[ModelReference] = []
        cut: list[ScanError] = []
        spans = list(told.spans)
        if told.objects:
            sinks = Sinks(evaluator, self._index, self._ownership)
            routes = References(evaluator, self._index, Defaults(self.tree))
            with _bounded(module, cut):
                for number in told.objects:
                    sink = sinks.at(module.calls[number])
                    if sink is not None:
                        references.extend(routes.of(sink))
        with _bounded(module, cut):
            references.extend(Fallbacks(evaluator).of_module(module, spans))
        return Rest(tuple(references), tuple(cut))

    def apps(self, item: Item, _shared: object) -> tuple[tuple[Resource, ...], tuple[object, ...]]:
        """What the CDK apps of the unit make, and their tags."""
        made, apps = observing.of_apps(self.tree, self.unit.paths, self.unit.marked, "python")
        return tuple(made), tuple(apps)


def _number(item: Item) -> int:
    assert isinstance(item.given, int)
    return item.given


def _most_steps(files: int) -> int:
    """The work given to each of so many files: halved as often as they double, so that few changes change it."""
    doubled = max(0, (files - 1) // MANY_FILES).bit_length()
    return max(MOST_STEPS_OF_A_FILE >> doubled, LEAST_STEPS_OF_A_FILE)


class _NotedSettings(EnvironmentSettings):
    """Environment settings that note what is asked of them."""

    def __init__(self, settings: EnvironmentSettings, tree: TracedTree) -> None:
        super().__init__(settings.settings)
        object.__setattr__(self, "_tree", tree)

    def lookup(self, path: str, name: str) -> tuple[EnvironmentSetting, ...]:
        """The settings of `name` for the code at `path`."""
        found: tuple[EnvironmentSetting, ...] = super().lookup(path, name)
        tree: TracedTree = self._tree  # type: ignore[attr-defined]
        tree.note_answer(("setting", path, name), found)
        return found

    def is_set(self, name: str) -> bool:
        """Whether something of the scan gets `name`, whatever code it runs."""
        found: bool = super().is_set(name)
        tree: TracedTree = self._tree  # type: ignore[attr-defined]
        tree.note_answer(("set", name), found)
        return found


@contextlib.contextmanager
def _bounded(module: Module, errors: list[ScanError]) -> Iterator[None]:
    """One module's share of the work: where it asks too much, what it told before is kept and the rest is an error."""
    try:
        yield
    except TooMuchError:
        errors.append(ScanError(module.path, "following its values takes too many steps"))


def places(references: Iterable[ModelReference]) -> dict[str, list[Span]]:
    """Path -> the places that routes stand at or come by."""
    found: dict[str, list[Span]] = defaultdict(list)
    for reference in references:
        found[reference.location.path].append(reference.location.span)
        trails = [choice.trail for choice in reference.choices]
        trails += [reference.unknown.trail] if reference.unknown is not None else []
        for hop in itertools.chain.from_iterable(trails):
            found[hop.location.path].append(hop.location.span)
    return found
