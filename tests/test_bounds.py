"""Every bound that keeps a hostile tree from costing more than it may: what lies beyond is an error or an unknown, in steps."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from fuzzing.targets import BY_NAME
from routelint import link, regex
from routelint.collect import collect
from routelint.model import Span, Unknown
from routelint.output.escape import json_text
from routelint.parse.directives import find
from routelint.parse.parsed import MOST_ROUTES_OF_A_FILE, Parsed
from routelint.parse.python.evaluate import Evaluator
from routelint.parse.terraform.evaluate import MOST_STEPS_IN_ALL
from routelint.parse.terraform.json_syntax import parse_document
from routelint.parse.terraform.nodes import literal_text
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.syntax import NoRoomError, Room
from routelint.parse.text import nodes
from routelint.policy import glob
from routelint.source import MemoryTree, SourceText
from routelint.suppress import Aims
from scans import scan, write_tree

MODEL = "amazon.nova-lite-v1:0"
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = local.b\n}\n'
DOUBLED = "".join(f'  a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(60))
CUBED = AGENT + "locals {\n  a = range(1000)\n  b = [for x in local.a : [for y in local.a : [for z in local.a : x]]]\n}\n"


def variables(count: int) -> str:
    return "".join(f"MODEL_ID_{n}={MODEL}\n" for n in range(count))


# Target of fuzzing, input, and what its errors or reasons must say of it.
TOLD = {
    "a Terraform file is too long": ("terraform", AGENT + "a = 1\n" * 170_000, "longer than 1,000,000 characters"),
    "Terraform brackets are nested": (
        "terraform",
        AGENT + "locals {\n  b = " + "(" * 200 + "1" + ")" * 200 + "\n}\n",
        "nested",
    ),
    "Terraform texts double": (
        "terraform",
        AGENT + 'locals {\n  a0 = "x"\n' + DOUBLED + "  b = local.a60\n}\n",
        "grows beyond",
    ),
    "Terraform lists are looped over lists": ("terraform", CUBED, "evaluating the folder takes more than 300,000 steps"),
    "a Terraform plan has more lists than there is room for": (
        "plan",
        '{"format_version": "1.2", "planned_values": {"root_module": {"resources": [' + "[]," * 1_600_000 + "1]}}}",
        "more than 1,500,000 parts of syntax",
    ),
    "Python expressions are nested": (
        "python",
        f"import boto3\nx = {'-' * 5_000}1\nmodel_id = '{MODEL}'\n",
        "nested too deeply",
    ),
    "Python has more parts than fit into memory": (
        "python",
        f"model_id = '{MODEL}'\n" + "x=1\n" * 100_000,
        "more than 250,000 parts of syntax",
    ),
    "Python has them in a formatted text": (
        "python",
        f"model_id = '{MODEL}'\nx = f'{'{a}' * 150_000}'\n",
        "more than 250,000 parts of syntax",
    ),
    "JSON has more values than people write": (
        "config",
        '#==> a.json <==#\n{"model_id": "' + MODEL + '", "a": {' + '"b": 1, ' * 160_000 + '"c": 1}}',
        "more than 300,000 values",
    ),
    "TOML has more words than people write": (
        "config",
        f'#==> a.toml <==#\nmodel_id = "{MODEL}"\na = [' + "1," * 160_000 + "]\n",
        "cannot be read as TOML: more than 300,000 words",
    ),
    "JSON is nested": ("config", '#==> a.json <==#\n{"model_id": "' + MODEL + '", "a": ' + "[" * 5_000, "nested more than"),
    "a program has more words than a person writes": (
        "typescript",
        f"const modelId = '{MODEL}';\n" + "x = 1;\n" * 51_000,
        "has more than 200,000 words and marks, or 200 brackets around each other: what follows is not looked at",
    ),
    "a program is nested": (
        "typescript",
        f"const modelId = '{MODEL}';\n" + "f({ a: [" * 70,
        "or 200 brackets around each other",
    ),
    "a template is too long": (
        "cloudformation-json",
        '{"Resources": {"A": "' + "x" * 2_100_000 + '"}}',
        "more than AWS accepts",
    ),
}


@pytest.mark.parametrize(("target", "text", "said"), TOLD.values(), ids=TOLD)
def test_what_lies_beyond_a_bound_is_told(target: str, text: str, said: str) -> None:
    parsed = BY_NAME[target].run(text.encode()).value
    assert isinstance(parsed, Parsed)
    reasons = [each.value.reason for each in parsed.references if isinstance(each.value, Unknown)]
    assert any(said in each for each in (*reasons, *(error.message for error in parsed.errors)))


def chosen(depth: int, name: int = 0) -> object:
    """A choice between choices: twice as many models for each level."""
    if not depth:
        return f"anthropic.claude-3-haiku-{name}-v1:0"
    return {"Fn::If": [f"C{depth}", chosen(depth - 1, 2 * name), chosen(depth - 1, 2 * name + 1)]}


def template(model: object, conditions: dict[str, object]) -> str:
    agent = {"Type": "AWS::Bedrock::Agent", "Properties": {"AgentName": "a", "FoundationModel": model}}
    top = {"Parameters": {"P": {"Type": "String"}}, "Conditions": conditions, "Resources": {"A": agent}}
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **top})


EQUAL: dict[str, object] = {f"C{n}": {"Fn::Equals": [{"Ref": "P"}, f"v{n}"]} for n in range(12)}
CHAINED = {f"C{n}": {"Fn::Or": [{"Condition": f"C{n - 1}"}, {"Fn::Not": [{"Condition": f"C{n - 1}"}]}]} for n in range(1, 40)}
MATRIX = "".join(f"        d{n}: [a, b, c, d, e, f, g, h]\n" for n in range(7))
MATRIX_MODEL = "anthropic.claude-" + "-".join(f"${{{{ matrix.d{n} }}}}" for n in range(7)) + "-v1:0"
NESTED_STACKS = "".join(
    f"#==> t{n}.yaml <==#\nParameters: {{M: {{Type: String}}}}\nResources:\n"
    + "".join(
        f"  S{k}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        f"      TemplateURL: ./t{min(n + 1, 19)}.yaml\n      Parameters: {{M: {MODEL if n == 0 else '!Ref M'}}}\n"
        for k in range(4)
    )
    + "  A:\n    Type: AWS::Bedrock::Agent\n    Properties: {FoundationModel: !Ref M}\n"
    for n in range(20)
)
# What doubles with each line: target of fuzzing and input, which would take longer than the world has lasted.
DOUBLING = {
    "choices of a template": ("cloudformation-json", template(chosen(11), EQUAL)),
    "conditions of a template": (
        "cloudformation-json",
        template({"Fn::If": ["C39", MODEL, "amazon.nova-pro-v1:0"]}, {"C0": EQUAL["C0"], **CHAINED}),
    ),
    "stacks in stacks": ("cloudformation", NESTED_STACKS),
    "references of a Serverless service": (
        "serverless",
        "service: x\nprovider: {name: aws}\ncustom:\n"
        + "".join(f"  a{n}: ${{self:custom.a{n + 1}}}${{self:custom.a{n + 1}}}\n" for n in range(60))
        + f"  a60: {MODEL}\nresources:\n  Resources:\n    A:\n      Type: AWS::Bedrock::Agent\n"
        "      Properties: {FoundationModel: '${self:custom.a0}'}\n",
    ),
    "a matrix of a workflow": (
        "workflows",
        '#==> main.tf <==#\nvariable "m" {}\nresource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.m\n}\n'
        "#==> .github/workflows/a.yml <==#\non: push\njobs:\n  a:\n    strategy:\n      matrix:\n"
        f"{MATRIX}    steps:\n      - run: terraform apply -var m={MATRIX_MODEL}\n",
    ),
}


@pytest.mark.parametrize(("target", "text"), DOUBLING.values(), ids=DOUBLING)
def test_what_doubles_is_cut(target: str, text: str) -> None:
    calls = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(counted)
    try:
        parsed = BY_NAME[target].run(text.encode()).value
    finally:
        sys.setprofile(None)
    assert isinstance(parsed, Parsed)
    assert parsed.references
    assert all(len(each.choices) <= 64 for each in parsed.references)
    assert calls < 3_000_000


def test_long_data_without_a_model_is_passed_over() -> None:
    rows = '{"id": "row", "n": 1}, ' * 110_000
    text = f'#==> a.json <==#\n{{"rows": [{rows}1], "chat": {{"model_id": "{MODEL}"}}, "flags": [{"1, " * 400_000}1]}}'
    parsed = BY_NAME["config"].run(text.encode()).value
    assert isinstance(parsed, Parsed)
    assert parsed.errors == ()
    assert [each.location.symbol for each in parsed.references] == ["a.json:chat.model_id"]


def test_what_is_passed_over_is_not_held() -> None:
    text = '{"rows": [' + '{"id": "row", "n": 1}, ' * 110_000 + '["x"], {"model": "amazon.nova-lite-v1:0"}]}'
    (document,) = nodes.read_yaml(text, lambda value: "nova" in value)
    assert isinstance(document, nodes.Map)
    rows = document.get("rows")
    assert isinstance(rows, nodes.List)
    assert len(rows.items) == 110_002
    assert sum(isinstance(each, nodes.Map) for each in rows.items) < 50_000
    assert isinstance(rows.items[-1], nodes.Map)


@pytest.mark.parametrize("end", ["\n", "\r"], ids=repr)
def test_where_lines_start_takes_little_memory(end: str) -> None:
    text, lines = SourceText("a.ts", end * 200_000), 200_000
    tracemalloc.start()
    try:
        assert text.position(lines) == (lines + 1, 1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * lines


def test_the_routes_of_one_file_are_not_each_held_against_all_others() -> None:
    count, calls = 3_000, 0
    text = "#==> .env <==#\n" + variables(count)

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        parsed = BY_NAME["config"].run(text.encode()).value
    finally:
        sys.setprofile(None)
    assert isinstance(parsed, Parsed)
    assert len(parsed.references) == count
    assert calls < 500 * count


def test_routes_beyond_what_is_told_of_a_file_are_an_error_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MOST_ROUTES_OF_A_FILE", 2)
    report = scan(write_tree(tmp_path, {"a.env": variables(3), "b.env": variables(1)}))
    assert [each.location.path for each in report.references] == ["a.env", "a.env", "b.env"]
    assert [error.path for error in report.errors] == ["a.env"]
    assert "unparsable-file" in {each.rule for each in report.findings}


def test_routes_beyond_what_is_told_of_a_scan_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MOST_ROUTES_OF_A_FILE", 4)
    monkeypatch.setattr(link, "MOST_ROUTES", 5)
    report = scan(write_tree(tmp_path, {f"{name}.env": variables(2) for name in "abcd"}))
    assert [each.location.path for each in report.references] == ["a.env", "a.env", "b.env", "b.env", "c.env"]
    assert [(error.path, "the scan has more than 5 routes" in error.message) for error in report.errors] == [("c.env", True)]


def test_directives_of_one_file_are_not_each_held_against_all_routes() -> None:
    count, calls = 2_000, 0
    block = SourceText("a.py", "# routelint: workload=chat\n" * count + "call()\n" * count)

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    directives = find(block, ())
    assert len(directives) == count
    sys.setprofile(counted)
    try:
        aims = Aims(directives, {"a.py": block})
        places = [Span(count + line, 1, count + line, 5) for line in range(1, count + 1)]
        about = [len(aims.at("a.py", place, place)) for place in places]
    finally:
        sys.setprofile(None)
    assert about == [count] + [0] * (count - 1)
    assert calls < 100 * count


def test_a_file_is_read_to_the_last_route_that_is_told() -> None:
    steps = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        steps += event == "call" and frame.f_code.co_name == "reference"

    sys.setprofile(counted)
    try:
        parsed = BY_NAME["config"].run(("#==> .env <==#\n" + variables(12_000)).encode()).value
    finally:
        sys.setprofile(None)
    assert isinstance(parsed, Parsed)
    assert len(parsed.references) == MOST_ROUTES_OF_A_FILE == 10_000
    assert [error.message for error in parsed.errors] == ["has more than 10,000 routes: what follows is not told"]
    assert steps == MOST_ROUTES_OF_A_FILE + 1


def test_a_report_holds_one_row_at_a_time() -> None:
    rows = [{"path": f"{n}.py", "models": [{"id": MODEL, "price": n}]} for n in range(5_000)]
    tracemalloc.start()
    try:
        text = json_text({"routes": map(dict, rows), "errors": map(dict, ())}, 2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert json.loads(text) == {"routes": rows, "errors": []}
    assert peak < 5 * len(text)


def test_what_was_found_in_a_module_is_let_go_of_when_the_next_is_looked_at() -> None:
    """The parts of an evaluator know it, and a scan looks for no circles."""
    alive: list[weakref.ref[Evaluator]] = []
    most = 0
    made = Evaluator.__init__

    def counted(evaluator: Evaluator, *given: Any) -> None:
        nonlocal most
        made(evaluator, *given)
        alive.append(weakref.ref(evaluator))
        most = max(most, sum(each() is not None for each in alive))

    module = f"import boto3\nboto3.client('bedrock-runtime').converse(modelId='{MODEL}')\n"
    text = "".join(f"#==> m{n}.py <==#\n{module}" for n in range(20))
    gc.disable()
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Evaluator, "__init__", counted)
            parsed = BY_NAME["python"].run(text.encode()).value
    finally:
        gc.enable()
    assert isinstance(parsed, Parsed)
    assert len(parsed.references) == 20
    assert len(alive) >= 20
    assert most <= 2


def test_one_file_beyond_its_bound_costs_itself_alone(tmp_path: Path) -> None:
    good = f'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = "{MODEL}"\n}}\n'
    report = scan(write_tree(tmp_path, {"bad/main.tf": CUBED, "good/main.tf": good}))
    assert [each.location.path for each in report.references if each.choices] == ["good/main.tf"]
    assert [error.path for error in report.errors] == ["bad/main.tf"]
    assert "unparsable-file" in {each.rule for each in report.findings}


def test_all_roots_of_a_scan_share_what_they_may_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routelint.parse.terraform.MOST_STEPS_IN_ALL", 1_000)
    assert MOST_STEPS_IN_ALL >= 1_000_000
    cubed = CUBED.replace("1000", "60")
    parsed = BY_NAME["terraform"].run("".join(f"#==> r{n}/main.tf <==#\n{cubed}" for n in range(4)).encode()).value
    assert isinstance(parsed, Parsed)
    late = [error.path for error in parsed.errors if "what is left after" in error.message]
    assert late == ["r1/main.tf", "r2/main.tf", "r3/main.tf"]


@pytest.mark.parametrize("suffix", ["tf", "tf.json"])
def test_all_files_of_terraform_share_one_room(suffix: str) -> None:
    text = 'locals {\n  a = "b"\n}\n' if suffix == "tf" else '{"locals": {"a": "b"}}'
    paths = [f"{name}.{suffix}" for name in "abc"]
    project = Project(MemoryTree(dict.fromkeys(paths, text.encode())), paths)
    project.room.nodes = 12 if suffix == "tf.json" else 50
    read = [path for path in paths if project.body(path).blocks]
    late = [error.path for error in project.errors if "with it the configuration has more than" in error.message]
    assert read
    assert late
    assert read + late == paths


def test_what_a_plan_says_of_no_resource_is_not_held() -> None:
    text = '{"before": [' + '{"a": {"b": [1, 2]}}, ' * 50 + '3], "after": {"c": {"d": 4, "e": 5}}}'
    _, errors = parse_document("plan.json", text, room=Room(100))
    assert [error.message for error in errors] == [str(NoRoomError())]
    document, errors = parse_document("plan.json", text, wanted={"after": {"c": {"d": None}}}, room=Room(100))
    assert errors == ()
    assert [literal_text(key) for key, _ in getattr(document, "items", ())] == ["after"]


def test_a_plan_with_more_resources_than_are_looked_at_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routelint.parse.terraform.plan.MOST_RESOURCES", 3)
    agents = [
        {
            "address": f"a.x{n}",
            "mode": "managed",
            "type": "aws_bedrockagent_agent",
            "name": "x",
            "values": {"foundation_model": MODEL},
        }
        for n in range(4)
    ]
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": agents}}}
    parsed = BY_NAME["plan"].run(json.dumps(plan).encode()).value
    assert isinstance(parsed, Parsed)
    assert len(parsed.references) == 3
    assert [error.message for error in parsed.errors] == ["has more than 3 resources: the rest is not looked at"]


def test_waivers_of_a_path_are_matched_with_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    once = glob.match_sequence

    def counted(*given: Any) -> bool:
        nonlocal asked
        asked += 1
        return once(*given)

    monkeypatch.setattr(glob, "match_sequence", counted)
    patterns = [f"**/x*{n}*/**/*.py" for n in range(50)]
    taken = [glob.matches_route([each], "src/x7/a.py", f"src.a:call{n}") for n in range(100) for each in patterns]
    assert taken.count(True) == 100
    assert asked < 10 * len(patterns)


def test_an_expression_of_a_policy_takes_linear_time_and_little_memory() -> None:
    assert not regex.search("(x+x+)+y", "x" * 5_000)
    with pytest.raises(regex.RegexError, match="at most"):
        regex.compile_regex("a" * 3_000)
    with pytest.raises(regex.RegexError):
        regex.compile_regex("((a{100}){100}){100}")


def pipe(place: Path) -> None:
    os.mkfifo(place)


def listener(place: Path) -> None:
    here = Path.cwd()
    # An address may be no longer than 107 bytes, so the place is told from its folder.
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(place.name)
    finally:
        os.chdir(here)


def device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def chain(place: Path) -> None:
    outside = place.parent.parent / "outside.tf"
    outside.write_text("bedrock")
    (place.parent / "first.tf").symlink_to(outside)
    place.symlink_to("first.tf")


def circle(place: Path) -> None:
    place.symlink_to(place.name)


@pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and devices")
@pytest.mark.parametrize("make", [pipe, listener, device, chain, circle], ids=lambda make: make.__name__)
def test_what_is_no_file_of_the_tree_is_not_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    root = write_tree(tmp_path / "root", {"a.tf": "# bedrock\n"})
    make(root / "x.tf")
    collected = collect(root)
    assert collected.tree.read("x.tf") is None
    assert {path for unit in collected.units for path in unit.marked} == {"a.tf"}


@pytest.mark.parametrize("arguments", [["scan", "."], ["inventory", "."]], ids=" ".join)
def test_a_scan_that_runs_out_of_memory_says_so_and_is_incomplete(arguments: list[str], tmp_path: Path) -> None:
    """Nothing is loaded any more by then: not even click, which shows errors."""
    script = (
        "import sys; from routelint import starting; starting.prepare(); from routelint import cli, engine\n"
        "def resolve(*given, **named):\n"
        "    sys.meta_path.insert(0, None)\n"
        "    raise MemoryError\n"
        "engine.resolve = resolve\n"
        f"status = cli.main({arguments!r})\n"
        "del sys.meta_path[0]; sys.exit(status)"
    )
    (tmp_path / "app.py").write_text("import boto3\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    said = "routelint: memory ran out, so the scan is incomplete; give it more, or scan fewer folders at a time\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", said)
