"""Every crash that fuzzing found stays mended, the fuzzer itself finds what it should, and a short run finds nothing new."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from fuzzing import bundles, grammar, schemas
from fuzzing.drive import Budget, Settings, run
from fuzzing.faults import FaultError, Outcome
from fuzzing.inputs import Inputs
from fuzzing.mutate import LONGEST, MUTATIONS, Material
from fuzzing.reduce import reduce
from fuzzing.seen import Seen
from fuzzing.tally import Records
from fuzzing.targets import BY_NAME, TARGETS, Target
from fuzzing.trial import give
from routelint.model import Report
from routelint.output import json_report

LONG = b"a" * 20_000
AGENT = b'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = %s\n}\n'

# The smallest input that showed each fault, by what was wrong.
FOUND = {
    "a TOML file without an equals sign was gone through once per word": ("toml", b'us.amazon.nova-premier-v1:0"\n' * 1_200),
    "and a line without one, too": ("toml", b"a" + b"`${" * 8_000),
    "a text was replaced by itself, 400 MB of it": (
        "terraform",
        AGENT % b"local.b" + b'locals {\n  a = "%s"\n  b = replace(local.a, "a", local.a)\n}\n' % LONG,
    ),
    "an index was beyond all numbers": (
        "terraform",
        AGENT % (b'element(split("/", "a/b"), %s)' % (b"9" * 400)),
    ),
    "a subnet was larger than the network by a milliard bits": (
        "terraform",
        AGENT % b'cidrsubnet("10.0.0.0/8", -9000000000, 0)',
    ),
    "Terragrunt files that read each other were read without end": (
        "terragrunt",
        b'inputs = {\n  model = read_terragrunt_config("root.hcl").locals.model\n}\n#==> root.hcl <==#\n'
        b'inputs = read_terragrunt_config(find_in_parent_folders("env.hcl", "root.hcl")) ? run_cmd("a") : '
        b'read_terragrunt_config("root.hcl")\n',
    ),
    "each of many Terragrunt files was read twice by the one before": (
        "terragrunt",
        b'#==> live/terragrunt.hcl <==#\nterraform {\n  source = "../m"\n}\n'
        b'inputs = read_terragrunt_config("../c0.hcl").inputs\n'
        b"#==> m/main.tf <==#\n"
        + AGENT % b"var.model"
        + b"".join(
            b'#==> c%d.hcl <==#\nlocals {\n  a = read_terragrunt_config("../c%d.hcl").inputs\n'
            b'  b = read_terragrunt_config("../c%d.hcl").inputs\n}\ninputs = merge(local.a, local.b)\n' % (n, n + 1, n + 1)
            for n in range(36)
        ),
    ),
    "a pattern with many stars took exponential time": ("patterns", b"*a" * 30 + b"\n" + b"a" * 60 + b"b"),
    "a set in brackets was one that Python will read otherwise": ("patterns", b"[a--b&&c||d~~[e]\na"),
    "newer syntax was rewritten to lines longer than those of the file": (
        "python",
        b'import litellm\nlitellm.completion(model=f"{s\n}")',
    ),
    "a path that ended with a colon began a command of the runner": ("print-text", b":"),
    "a line that ended as on a Macintosh of old was counted by Python alone": (
        "python",
        b'import boto3\rboto3.client("bedrock-runtime").converse(modelId="amazon.nova-lite-v1:0")\r',
    ),
    "and by Terraform's reader not": ("terraform", b'\r"\n' + AGENT % b'"amazon.nova-lite-v1:0"'),
    "nor by that of its JSON": (
        "terraform-json",
        b'{\r"resource": {"aws_bedrockagent_agent": {"a": {"foundation_model":\r"amazon.nova-lite-v1:0"}}}}\n',
    ),
    "nor by that of notebooks": (
        "notebook",
        b'{"cells": [\r{"cell_type": "code", "source": ["import litellm\\n",\r"litellm.completion(model=\'bedrock/nova\')"]}],'
        b'"nbformat": 4}\n',
    ),
    "a reason quoted several lines of a template": (
        "cloudformation",
        b"a:\n  Type: AWS::Bedrock::Agent\n  Properties:\n    FoundationModel: !Ref d\n\n      G\n",
    ),
    "a reason quoted several lines of a script": (
        "workflows",
        b'variable "model" {}\n' + AGENT % b"var.model" + b"#==> .sh <==#\nterraform apply -var model=${\nA\n",
    ),
    "a comment went on behind the return that ended its line": ("directives", b"#routelint:-\r\n"),
    "values that depend on themselves were followed until the steps were spent": (
        "typescript",
        b"".join(b"enum E { A = E.B + E.A + E.C }\nnew ConverseCommand({ modelId: E.A + E.%d });\n" % n for n in range(250)),
    ),
    "each call climbed through all the brackets that were never closed": (
        "typescript",
        b'import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";\n'
        + b'client.send(new InvokeModelCommand({ modelId: process.env.A, body: "x"\n' * 1_350,
    ),
    "modules that take all of each other were gone through in all ways": (
        "python",
        b'import boto3\nfrom f0 import MODEL\nboto3.client("bedrock-runtime").converse(modelId=MODEL)\n'
        + b"".join(b"#==> f%d.py <==#\n" % n + b"from f%d import *\n" % (n + 1) * 2 for n in range(30)),
    ),
    "a variable of a Makefile was as long as two of the one before": (
        "workflows",
        AGENT % b"var.model"
        + b'variable "model" {}\n#==> Makefile <==#\nM0 = a\n'
        + b"".join(b"M%d = $(M%d)$(M%d)\n" % (n + 1, n, n) for n in range(30))
        + b"x:\n\tterraform apply -var model=$(M30)\n",
    ),
    "a variable of a service was looked up twice by the one before": (
        "serverless",
        b'service: a\nprovider: {name: aws, environment: {MODEL_ID: "${self:custom.a30}"}}\ncustom:\n'
        + b"".join(b"  a%d: ${self:custom.a%d, self:custom.a%d}\n" % (n + 1, n, n) for n in range(30)),
    ),
    "a spread had nothing to spread": ("typescript", b"InvokeModelCommand(..."),
    "an expression of a program went through all ways to match it": (
        "typescript",
        b'const RAW = "us.amazon.nova-lite-v1:0";\nconst MODEL_ID = RAW.replace(/%sq/, "");\n' % (b"(|.)" * 29)
        + b"new ConverseCommand({ modelId: MODEL_ID });\n",
    ),
    "files that export all of each other were gone through in all ways": (
        "typescript",
        b'import { MODEL } from "./f0";\nnew ConverseCommand({ modelId: MODEL });\n'
        + b"".join(b"#==> f%d.ts <==#\n" % n + b'export * from "./f%d";\n' % (n + 1) * 2 for n in range(30)),
    ),
    "so were those that a class was looked for in": (
        "typescript",
        b'export * from "./a";\n' * 9 + b"new ConverseCommand({ modelId: a });",
    ),
    "a count that asked for itself was counted again and again": (
        "terraform",
        b'resource "aws_bedrockagent_agent" "a" {\n  count = length(concat(%s))\n}\n'
        % b", ".join([b"aws_bedrockagent_agent.a[*].b"] * 4),
    ),
    "a reason quoted a scope prefix of several lines": (
        "terraform-json",
        b'#==> .tf <==#\ne""}resource""""{model="${.:h\n}amazon.nova-lite-v1:',
    ),
    "nor had one in an object": ("typescript", b"InvokeModelCommand({..."),
    "the name in an ARN was an ARN, and read another way alone": (
        "identifier",
        b"arn::bedrock:inference-profile/arn::bedrock:*",
    ),
    "a remark that began with blanks was drawn as code": ("print-markdown", b"    |"),
}


@pytest.mark.parametrize(("target", "data"), FOUND.values(), ids=FOUND)
def test_what_was_found_stays_mended(target: str, data: bytes) -> None:
    assert give(BY_NAME[target], data, twice=True).crash is None


def test_a_short_run_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A machine that is busy is slow: only the long run asks for the time of an input.
    monkeypatch.setattr("fuzzing.trial.SLOW_SECONDS", 60.0)
    monkeypatch.setattr("fuzzing.trial.STOP_SECONDS", 120.0)
    settings = Settings(Budget(25, 10_000.0), "ci", tmp_path, jobs=1, reduce_seconds=1.0)
    tallies = {each.target: each.inputs for each in run(TARGETS, settings)}
    assert tallies == dict.fromkeys(BY_NAME, 25)
    assert [path.read_text("utf-8") for path in sorted(tmp_path.glob("*.txt"))] == []


def test_a_round_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    records = Records(tmp_path / "tally")
    targets = [BY_NAME["identifier"], BY_NAME["patterns"]]
    for inputs in (30, 50):
        settings = Settings(Budget(inputs, 10_000.0), "s", tmp_path, jobs=1, turn_seconds=1_000.0, records=records)
        assert {each.target: each.inputs for each in run(targets, settings)} == dict.fromkeys(
            ("identifier", "patterns"), inputs
        )
    (tally, _) = (records.tally(target.name) for target in targets)
    assert (tally.inputs, tally.turns) == (50, 2)
    kept = records.kept("identifier")
    assert kept
    seen = records.seen("identifier")
    # What an earlier round tried is not counted as another input.
    assert not any(seen.add(data) for data in kept)


def test_an_input_is_counted_once() -> None:
    seen = Seen()
    inputs = [b"%d" % number for number in range(20_000)]
    new = sum(seen.add(data) for data in inputs)
    assert 19_990 <= new <= 20_000
    assert not any(seen.add(data) for data in inputs)


def test_an_input_that_no_parser_reads_is_not_counted() -> None:
    assert not give(BY_NAME["terraform"], b"#==> a.txt <==#\nmodel = 1\n").reached
    assert give(BY_NAME["terraform"], b"model = 1\n").reached
    assert give(of(wrong), b"").reached


def of(run: object) -> Target:
    assert callable(run)
    return Target("a", run, lambda: [b"seed\n"])


def wrong(data: bytes) -> Outcome:
    raise KeyError(data)


def internal(data: bytes) -> Outcome:
    raise FaultError("internal", "a")


def endless(data: bytes) -> Outcome:
    while True:
        try:
            sum(range(1_000))
        except Exception:
            continue


def deep(data: bytes) -> Outcome:
    return deep(data)


def changing(data: bytes) -> Outcome:
    return Outcome(value=random.random())


@pytest.mark.parametrize(
    ("target", "kind"),
    [(wrong, "KeyError"), (internal, "internal"), (deep, "RecursionError"), (changing, "twice")],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_fault_is_told_by_its_kind(target: object, kind: str) -> None:
    crash = give(of(target), b"x", twice=kind == "twice").crash
    assert crash is not None
    assert crash.key.startswith(kind)


LARGE = """\
from fuzzing.faults import Outcome
from fuzzing.targets import Target
from fuzzing.trial import give

run = lambda data: Outcome(value=len(bytes(range(256)) * 1_500_000))
crash = give(Target("a", run, lambda: [b"seed"]), b"x", twice=False).crash
print(crash and crash.key)
"""


def test_a_run_that_takes_much_memory_is_told() -> None:
    # In a process of its own: the peak is that of all that ran in it before.
    done = subprocess.run(
        [sys.executable, "-c", LARGE],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("memory\n", "")


def test_an_endless_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzzing.trial.STOP_SECONDS", 0.2)
    crash = give(of(endless), b"x").crash
    assert crash is not None
    assert crash.key.startswith("slow")


def test_an_input_becomes_as_small_as_its_fault() -> None:
    assert reduce(b"aaaa\n<a [[ b>\ncccc" * 20, lambda data: b"[[" in data, 5.0) == b"[["


def test_the_same_seed_makes_the_same_inputs() -> None:
    first, second = (Inputs(BY_NAME["terraform"], "s") for _ in range(2))
    assert [first.next() for _ in range(200)] == [second.next() for _ in range(200)]


def test_of_inputs_that_say_the_same_the_smallest_is_kept() -> None:
    inputs = Inputs(of(wrong), "s")
    for data, features in ((b"a" * 60, {"x", "y"}), (b"b" * 50, {"x"}), (b"c" * 10, {"x"}), (b"d" * 5, {"z"})):
        inputs.learn(data, Outcome(frozenset(features)))
    assert inputs.behaviours == 3
    assert [inputs.smallest(each)[:1] for each in "xyz"] == [b"c", b"a", b"d"]


def test_most_inputs_are_small_and_some_are_large() -> None:
    inputs = Inputs(BY_NAME["terraform"], "s")
    sizes = sorted(len(inputs.next()) for _ in range(4_000))
    assert sizes[2_000] < 600
    assert sizes[-1] > 10_000


def test_a_report_that_is_not_as_its_schema_says_is_told_each_time() -> None:
    valid = json.loads(json_report.scan(Report((), (), ())))
    faulty = {**valid, "errors": [{"path": 1}]}
    for _ in range(2):
        schemas.check("scan", json.dumps(valid))
        with pytest.raises(FaultError, match=r"^schema: scan: \$\.errors\[0\]"):
            schemas.check("scan", json.dumps(faulty))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutation_takes_any_bytes(mutation: object) -> None:
    assert callable(mutation)
    material = Material((b"word",), (b"", b"other\n"))
    for data in (b"", b"a", b"\xff\xfe\x00", b'a = "b"\n' * 50):
        for seed in range(20):
            assert isinstance(mutation(random.Random(seed), data[:LONGEST], material), bytes)


@pytest.mark.parametrize("name", sorted(path.stem for path in grammar.FOLDER.glob("*.txt") if path.stem != "shared"))
def test_a_grammar_ends_and_reaches_all_of_itself(name: str) -> None:
    made = b"".join(grammar.load(name).make(random.Random(seed)) for seed in range(3_000 // 10))
    assert made
    assert name in {each for target in TARGETS for each in target.grammars}


def test_a_tree_survives_packing() -> None:
    files = {"a/b.tf": b"x\n", "caf\udce9.py": b"", "c": b"#==> no <==\n"}
    assert bundles.unpack(bundles.pack(files), "default") == files
    assert bundles.unpack(b"plain", "default") == {"default": b"plain"}
    assert list(bundles.unpack(b"#==> ../../etc//passwd <==#\n", "default")) == ["etc/passwd"]
