"""What starting costs: what is imported by which command, and the program's own `dataclass`."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import importlib
import importlib.util
import inspect
import marshal
import os
import pickle
import pkgutil
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import routelint
import routelint_rules
import small_trees
from routelint import starting
from routelint.deferred import FEW_OBJECTS, dataclass, lazy_regex
from routelint.importing import LateRegex, postpone, quicken
from routelint.policy import PROFILES, profile_index, source

# What the standard library's decorator may add to a class, in every version of Python that the program runs on.
GENERATED = {
    *("__init__", "__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__", "__setattr__", "__delattr__"),
    *("__getstate__", "__setstate__", "__match_args__", "__dataclass_fields__", "__dataclass_params__"),
}


def definitions() -> Iterator[tuple[str, Any]]:
    """Every name of every module of the program, with what it stands for."""
    for package in (routelint, routelint_rules):
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not info.name.endswith("__main__"):
                for name, value in vars(importlib.import_module(info.name)).items():
                    yield f"{info.name}.{name}", value


def classes() -> Iterator[Any]:
    """Every class of the program that the deferred decorator made."""
    yield from dict.fromkeys(
        value for _, value in definitions() if isinstance(value, type) and "__deferred_fields__" in vars(value)
    )


def standard(cls: Any) -> Any:
    """The same class as the standard library's decorator makes it."""
    params = cls.__dataclass_params__
    generated = {*GENERATED, "__slots__", "__dict__", "__weakref__", "__deferred_fields__"}
    own = {
        name: value
        for name, value in vars(cls).items()
        if name not in generated or (inspect.isfunction(value) and value.__code__.co_filename == inspect.getfile(cls))
    }
    for name in inspect.get_annotations(cls):
        own.pop(name, None)
    own |= {name: value for name, value in vars(cls)["__deferred_fields__"].items() if value is not dataclasses.MISSING}
    made = type(cls)(cls.__name__, cls.__bases__, own)
    made.__qualname__ = cls.__qualname__
    return dataclasses.dataclass(
        eq=params.eq, frozen=params.frozen, order=params.order, repr=params.repr, slots="__slots__" in vars(cls)
    )(made)


@pytest.mark.parametrize("cls", [pytest.param(each, id=f"{each.__module__}.{each.__qualname__}") for each in classes()])
def test_a_class_of_the_program_is_what_the_standard_library_makes_of_it(cls: Any) -> None:
    expected = standard(cls)
    # Defaults that are made anew print alike and are not the same object.
    assert str(inspect.signature(cls)) == str(inspect.signature(expected))
    assert cls.__match_args__ == expected.__match_args__
    assert getattr(cls, "__slots__", None) == getattr(expected, "__slots__", None)
    assert [(each.name, each.default, each.compare, each.repr, each.init) for each in dataclasses.fields(cls)] == [
        (each.name, each.default, each.compare, each.repr, each.init) for each in dataclasses.fields(expected)
    ]
    assert GENERATED & set(vars(cls)) == GENERATED & set(vars(expected))
    assert (cls.__hash__ is None) == (expected.__hash__ is None)
    assert (cls.__hash__ is object.__hash__) == (expected.__hash__ is object.__hash__)
    assert (cls.__eq__ is object.__eq__) == (expected.__eq__ is object.__eq__)
    written = {name for name, value in vars(cls).items() if getattr(value, "__module__", None) == cls.__module__}
    if hasattr(cls, "__post_init__"):
        return
    values = tuple(f"value {index}" for index, _ in enumerate(inspect.signature(cls).parameters))
    one, same, other = cls(*values), cls(*values), expected(*values)
    if cls.__dataclass_params__.repr and "__repr__" not in written:
        assert repr(one) == repr(other)
    assert (one == same) == (other == expected(*values))
    assert one != other
    if cls.__hash__ is not None:
        assert (hash(one) == hash(same)) == (hash(other) == hash(expected(*values)))
    assert {each.name: getattr(one, each.name, None) for each in dataclasses.fields(cls)} == {
        each.name: getattr(other, each.name, None) for each in dataclasses.fields(expected)
    }
    if cls.__dataclass_params__.frozen and values:
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field"):
            setattr(one, dataclasses.fields(cls)[0].name, "another")


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a plane."""

    x: int
    y: int = 0
    seen: list[int] = dataclasses.field(default_factory=list, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Level:
    """Something that has an order."""

    number: int


@dataclass
class Counter:
    """Something that changes."""

    count: int = 0
    twice: int = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.twice = 2 * self.count


def test_objects_can_be_replaced_copied_and_pickled_before_and_after_their_class_is_finished() -> None:
    point = Point(1, 2)
    assert dataclasses.replace(point, y=3) == Point(1, 3)
    assert dataclasses.asdict(point) == {"x": 1, "y": 2, "seen": []}
    assert copy.copy(point) == copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    assert {point, Point(1, 2)} == {point}
    match point:
        case Point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("class patterns find no fields")


def test_a_pickled_object_is_whole_in_a_process_that_made_none() -> None:
    state = Point(1, 2).__getstate__()
    raw = Point.__new__(Point)
    raw.__setstate__(state)  # type: ignore[attr-defined]
    assert (raw, repr(raw)) == (Point(1, 2), "Point(x=1, y=2, seen=[])")


def test_every_object_gets_its_own_made_default() -> None:
    assert Point(1).seen is not Point(1).seen


def test_the_first_objects_of_a_class_are_like_those_made_by_its_compiled_initializer() -> None:
    @dataclass(frozen=True, slots=True)
    class Few:
        name: str
        size: int = 3
        parts: list[int] = dataclasses.field(default_factory=list)

    made = [Few("a", parts=[index]) if index % 2 else Few(name="a") for index in range(2 * FEW_OBJECTS)]
    assert len({repr(each) for each in made[::2]}) == 1
    assert made[1] == Few("a", 3, [1])
    assert made[-1] == Few("a", 3, [2 * FEW_OBJECTS - 1])
    assert inspect.isfunction(vars(Few)["__init__"])


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, 2, [], 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((), {"y": 1})],
    ids=["too little", "too much", "twice", "unknown", "not the first"],
)
def test_a_wrong_call_is_told_by_the_first_object_and_by_later_ones(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    def messages(count: int) -> set[str]:
        cls: Any = dataclass(
            type("Made", (), {"__annotations__": {"x": "int", "y": "int", "seen": "list"}, "y": 0, "seen": ()})
        )
        for _ in range(count):
            cls(1)
        with pytest.raises(TypeError) as raised:
            cls(*values, **named)
        return {str(raised.value)}

    assert messages(0) == messages(2 * FEW_OBJECTS)


def test_what_is_ordered_compares_with_its_own_kind_only() -> None:
    assert sorted([Level(3), Level(1), Level(2)]) == [Level(1), Level(2), Level(3)]
    assert (Level(1) < Level(2), Level(1) <= Level(1), Level(1) > Level(2), Level(1) >= Level(1)) == (True, True, False, True)
    with pytest.raises(TypeError):
        assert Level(1) < 2  # type: ignore[operator]


def test_what_changes_has_no_hash_and_finishes_itself() -> None:
    counter = Counter(3)
    assert (counter.twice, repr(counter)) == (6, "Counter(count=3)")
    with pytest.raises(TypeError):
        hash(counter)


def test_a_wrong_call_is_told_like_any_other() -> None:
    with pytest.raises(TypeError, match=r"Point\.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]


def test_every_regular_expression_that_is_put_off_compiles() -> None:
    put_off = {name: value for name, value in definitions() if isinstance(value, lazy_regex)}  # type: ignore[arg-type]
    assert len(put_off) > 100
    for name, expression in put_off.items():
        assert expression.pattern, name


def test_a_regular_expression_that_is_put_off_is_one() -> None:
    expression = lazy_regex(r"(?P<word>[a-z]+)", re.IGNORECASE)
    found = expression.search("1 Word")
    assert found is not None
    assert (found["word"], expression.flags & re.IGNORECASE, expression.groups) == ("Word", re.IGNORECASE, 1)
    assert expression.sub("", "a1") == "1"
    with pytest.raises(re.error):
        lazy_regex("(").search("")


@pytest.mark.parametrize("name", ["defaults", *PROFILES])
def test_the_index_of_a_profile_is_what_its_yaml_says(name: str) -> None:
    folder = Path(profile_index.__file__).parent / "profiles"
    whole, faults = source.parse((folder / f"{name}.yaml").read_text("utf-8"), f"profile {name}")
    index = (folder / f"{name}.json").read_text("utf-8")
    assert (profile_index.read(index, f"profile {name}"), faults) == (whole, [])
    assert profile_index.write(whole) == index


def test_a_postponed_module_runs_when_it_is_first_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "put_off_a.py").write_text("import log\nlog.ran.append(__name__)\nVALUE = 7\n", "utf-8")
    (tmp_path / "log.py").write_text("ran = []\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    postpone("put_off_a")
    log = importlib.import_module("log")
    late = importlib.import_module("put_off_a")
    assert importlib.import_module("put_off_a") is late
    assert log.ran == []
    assert not hasattr(late, "__path__")
    assert (late.VALUE, log.ran) == (7, ["put_off_a"])
    with pytest.raises(AttributeError, match="has no attribute 'OTHER'"):
        _ = late.OTHER


def test_a_postponed_module_answers_what_is_known_without_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "put_off_b.py").write_text("def double(x):\n    return 2 * x\n\nVALUE = 7\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    postpone(known={"put_off_b": {"double": lambda x: f"twice {x}"}})
    late = importlib.import_module("put_off_b")
    assert late.double(3) == "twice 3"
    assert (late.VALUE, late.double(3)) == (7, 6)


def test_regular_expressions_of_a_module_wait_for_their_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "with_regex.py").write_text("import re\nWORD = re.compile(r'(\\w)(?P<end>\\w*)', re.ASCII)\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    postpone(regexes_of=("with_regex",))
    word = importlib.import_module("with_regex").WORD
    assert isinstance(word, LateRegex)
    assert isinstance(re.compile("a"), re.Pattern)
    assert (word.fullmatch("abc")["end"], word.groups, word.sub("x", "ab cd")) == ("bc", 2, "x x")


def package_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `quick` with modules `plain` and `inner.deep`, found in the quick way."""
    (folder / "quick" / "inner").mkdir(parents=True)
    for name, text in {"__init__": "", "plain": "VALUE = 1\n", "inner/__init__": "", "inner/deep": "VALUE = 2\n"}.items():
        (folder / "quick" / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("quick", "quick.plain", "quick.inner", "quick.inner.deep"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    quicken("quick")
    return folder / "quick"


def test_a_module_found_in_the_quick_way_is_like_one_found_in_the_ordinary_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = package_of(tmp_path, monkeypatch)
    for name in ("quick.plain", "quick.inner", "quick.inner.deep"):
        module = importlib.import_module(name)
        assert module.__spec__ is not None
        ordinary = importlib.util.spec_from_file_location(name, module.__file__)
        assert ordinary is not None
        assert (module.__file__, module.__cached__, module.__package__, getattr(module, "__path__", None)) == (
            ordinary.origin,
            ordinary.cached,
            ordinary.parent,
            ordinary.submodule_search_locations,
        )
        assert (module.__spec__.has_location, module.__spec__.origin) == (ordinary.has_location, ordinary.origin)
        assert module.__spec__.loader is not None
        assert module.__spec__.loader.get_source(name) == Path(str(module.__file__)).read_text("utf-8")  # type: ignore[attr-defined]
    assert importlib.import_module("quick.inner.deep").VALUE == 2
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'quick\.absent'"):
        importlib.import_module("quick.absent")
    assert folder.is_dir()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda source, cached: cached.unlink(), id="absent"),
        pytest.param(lambda source, cached: cached.write_bytes(b""), id="empty"),
        pytest.param(lambda source, cached: cached.write_bytes(b"old!" + cached.read_bytes()[4:]), id="of another Python"),
        pytest.param(lambda source, cached: source.write_text("VALUE = 3 + 4\n", "utf-8"), id="of an older source"),
        pytest.param(lambda source, cached: os.utime(source, (1, 1)), id="of another time"),
    ],
)
def test_bytecode_that_is_not_in_order_is_not_run(
    spoil: Callable[[Path, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = package_of(tmp_path, monkeypatch) / "plain.py"
    cached = Path(py_compile.compile(str(source), doraise=True) or "")
    # Bytecode that is taken where it must not be says another value.
    code = compile("VALUE = 'stale'\n", str(source), "exec")
    cached.write_bytes(cached.read_bytes()[:16] + marshal.dumps(code))
    assert run_path_value(source, monkeypatch) == "stale"
    spoil(source, cached)
    expected = 7 if "3 + 4" in source.read_text("utf-8") else 1
    assert run_path_value(source, monkeypatch) == expected


def run_path_value(source: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """`VALUE` of the module, imported anew."""
    monkeypatch.delitem(sys.modules, "quick.plain", raising=False)
    return importlib.import_module("quick.plain").VALUE


@given(st.text(alphabet=" \t\nab", max_size=60))
def test_help_is_tidied_as_the_standard_library_does(text: str) -> None:
    assert starting.tidied(text) == inspect.cleandoc(text)


@pytest.mark.parametrize("name", ["sha256", "blake2b"])
def test_digests_are_those_of_the_standard_library(name: str) -> None:
    ours, theirs = getattr(starting, name), getattr(hashlib, name)
    for data in (b"", b"a", b"routelint" * 1000):
        assert ours(data, usedforsecurity=False).hexdigest() == theirs(data).hexdigest()


def loaded(*arguments: str, folder: Path | None = None) -> set[str]:
    """The modules that have run when the program ends, in a process of its own."""
    code = (
        "import sys, types; import routelint.__main__; routelint.cli.main(sys.argv[1:]);"
        "ran = {name: module for name, module in sys.modules.items() if type(module) is types.ModuleType};"
        "print(*ran, file=sys.stderr);"
        "print(*('NamedTuple' for name in ran if name.startswith('routelint') for each in vars(ran[name]).values()"
        " if isinstance(each, type) and hasattr(each, '_field_defaults')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_asks_nothing_of_a_scan_loads_nothing_of_it(option: str) -> None:
    ran = loaded(option)
    assert {name for name in ran if name.startswith("routelint")} <= {
        *("routelint", "routelint.__main__", "routelint.cli", "routelint.cli.commands", "routelint.cli.interruption"),
        "routelint.cli.quick",
        *("routelint.deferred", "routelint.importing", "routelint.starting"),
    }
    assert not ran & {"yaml", "json", "pathlib", "jsonschema", "re2", "tree_sitter"}


# What a hook's scan of one file, with a policy and in git, must do without: each takes half a millisecond or more.
NEVER = {
    *("click", "jsonschema", "re2", "uuid", "platform", "gettext", "locale", "hashlib", "_hashlib", "csv"),
    *("inspect", "dis", "tokenize", "traceback", "difflib", "html", "secrets", "random", "bz2", "lzma", "base64", "ipaddress"),
    *("subprocess", "tempfile", "shutil", "selectors", "unicodedata", "urllib.parse", "multiprocessing", "concurrent"),
    *("routelint.cli.git", "routelint.cli.history", "routelint.cli.baseline", "routelint.cli.caching"),
    *("routelint.custom", "routelint.policy.expressions", "routelint.evidence.record", "routelint.output.html_page"),
    *("routelint.policy_tests", "routelint.parse.python.notebook", "routelint.parse.text.programs"),
    *("routelint.parse.terraform.deployments.reading", "routelint.parse.terraform.terragrunt"),
}
PARSERS = ("python", "terraform", "cloudformation", "text")


@pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="git is asked by another way there")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    ("unit", "parsers", "allowed"),
    [
        pytest.param(small_trees.ALL[0], {"python"}, {"ast", "string"}, id="Python"),
        # What reads programs finds models in commands too.
        pytest.param(small_trees.ALL[1], {"terraform", "text"}, {"tree_sitter"}, id="Terraform"),
        pytest.param(small_trees.ALL[2], set(PARSERS) - {"terraform"}, {"ast", "string", "tomllib"}, id="SAM"),
    ],
)
def test_a_hook_loads_what_its_file_needs(unit: small_trees.Unit, parsers: set[str], allowed: set[str], tmp_path: Path) -> None:
    small_trees.write(unit, tmp_path)
    ran = loaded("scan", unit.changed, "--quiet", "--fail-on", "never", folder=tmp_path / unit.folder)
    assert ran & NEVER == set()
    assert ran & {"ast", "string", "tree_sitter", "tomllib", "libcst"} <= allowed
    found = {name.split(".")[2] for name in ran if name.startswith("routelint.parse.") and name.count(".") > 2}
    assert found & set(PARSERS) <= parsers
    assert "yaml" in ran  # for the policy
    # The first one takes a millisecond to define, and each of the others four times what a data class does.
    assert "NamedTuple" not in ran


def test_a_python_file_loads_no_other_parser_and_no_yaml(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import boto3\nboto3.client('bedrock-runtime').converse(modelId='x')\n", "utf-8")
    ran = loaded("scan", str(tmp_path / "app.py"))
    assert "routelint.parse.python.parser" in ran
    for package in ("terraform", "cloudformation", "text"):
        assert not {name for name in ran if name.startswith(f"routelint.parse.{package}")}
    assert not ran & {
        "yaml",
        "jsonschema",
        "re2",
        "tree_sitter",
        "tree_sitter_hcl",
        "libcst",
        "subprocess",
        "tempfile",
        "tomllib",
    }
