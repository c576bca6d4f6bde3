"""Generated modules, object types, repetitions, texts and layers of variables, against what the `terraform` program plans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from routelint.parse.terraform import varfiles
from routelint.parse.terraform.deployments import Deployments, layers
from routelint.parse.terraform.evaluate import Configuration, Evaluator
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Attribute
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.references import References
from routelint.possible import Hole, Items, Possible, Record, Template
from routelint.source import MemoryTree
from terraform_maker import KEYS, WORDS, Maker, Type

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="the terraform program is not installed")


# -- running both


def run(folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    assert TERRAFORM is not None
    environment = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **(variables or {})}
    environment.pop("TF_CLI_CONFIG_FILE", None)
    return subprocess.run([TERRAFORM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def written(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def refused(output: str) -> set[str]:
    """The files that terraform finds errors in."""
    found = set()
    for line in output.splitlines():
        if '"severity":"error"' in line or '"@level":"error"' in line:
            found.add(json.loads(line).get("diagnostic", {}).get("range", {}).get("filename", ""))
    return found


def planned(cases: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, object]:
    """Case -> value of its output, without the cases that terraform refuses."""
    kept = dict(cases)
    for _ in range(8):
        shutil.rmtree(folder, ignore_errors=True)
        written(bundle(kept), folder)
        done = run(folder, "init", "-input=false", "-no-color", "-json")
        if done.returncode == 0:
            done = run(folder, "plan", "-input=false", "-json", "-out=plan")
            if done.returncode == 0:
                shown = json.loads(run(folder, "show", "-json", "plan").stdout)
                outputs = shown["planned_values"]["outputs"]
                return {name: outputs[name]["value"] for name in kept if "value" in outputs.get(name, {})}
        wrong = {name.split("/")[0] for name in refused(done.stdout)} & kept.keys()
        assert wrong, done.stdout[-3000:]
        kept = {name: files for name, files in kept.items() if name not in wrong}
    raise AssertionError("terraform refuses case after case")


def bundle(cases: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    files = {f"{name}/{path}": text for name, case in cases.items() for path, text in case.items()}
    files["main.tf"] = "".join(
        f'module "{name}" {{\n  source = "./{name}"\n}}\noutput "{name}" {{\n  value = module.{name}.out\n}}\n'
        for name in cases
    )
    return files


def told(files: Mapping[str, str], arguments: Mapping[str, Attribute] | None = None) -> dict[str, object]:
    """Output -> value of the root, as our evaluator tells it."""
    project = project_of(files)
    evaluator = Evaluator(References(project, ()), Configuration())
    folder = project.folder(".")
    instance = Instance(folder, ".", scope=Scope(Instance(folder, ".")), arguments=arguments or {})
    return {
        name: plain(evaluator.evaluate(block.body.attributes["value"].expression, Scope(instance)))
        for name, block in folder.outputs.items()
    }


def project_of(files: Mapping[str, str]) -> Project:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return Project(tree, [path for path in tree.paths() if path.endswith((".tf", ".tfvars", ".tfvars.json"))])


def plain(value: Possible) -> object:
    if len(value) != 1:
        return f"{len(value)} POSSIBLE {[each.content for each in value]}"
    match value[0].content:
        case Items(items, None):
            return [plain(item) for item in items]
        case Record(pairs, None):
            return {key: plain(item) for key, item in pairs.items()}
        case Hole() | Template() | Items() | Record() as unknown:
            return f"UNKNOWN {unknown}"
        case scalar:
            return scalar


def differences(cases: Mapping[str, Mapping[str, str]], folder: Path) -> tuple[int, dict[str, tuple[object, ...]]]:
    """How many cases were compared, and those of which we say something else."""
    expected = planned(cases, folder)
    computed = told(bundle({name: cases[name] for name in expected}))
    wrong: dict[str, tuple[object, ...]] = {
        name: (cases[name], value, computed[name]) for name, value in expected.items() if not same(computed[name], value)
    }
    return len(expected), wrong


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(same(*pair) for pair in zip(ours, theirs, strict=True))
    if isinstance(ours, bool) or isinstance(theirs, bool) or ours is None or isinstance(ours, str):
        return type(ours) is type(theirs) and ours == theirs
    return isinstance(theirs, int | float) and ours == theirs


@pytest.mark.slow
@needs_terraform
@pytest.mark.parametrize("seed", range(12))
def test_terraform_plans_the_same_modules(seed: int, tmp_path: Path) -> None:
    maker = Maker(seed)
    compared, wrong = differences({f"c{number}": maker.case() for number in range(200)}, tmp_path / "root")
    assert compared > 170
    assert wrong == {}


@needs_terraform
def test_terraform_plans_the_same_module_of_each_kind(tmp_path: Path) -> None:
    maker = Maker(1)
    kinds = [maker.typed, maker.called, maker.repeated, maker.resources, maker.texts, maker.collected]
    compared, wrong = differences({f"c{number}": kind() for number, kind in enumerate(kinds * 3)}, tmp_path / "root")
    assert compared >= 14
    assert wrong == {}


# -- layers of variable values

LAYERS = ["environment", "terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "file", "option"]


def layered(maker: Maker, count: int) -> tuple[dict[str, str], dict[str, str]]:
    """The files of a root whose variables are set by several layers, and the environment that a script gives it."""
    chance = maker.random
    variables: list[str] = []
    texts: dict[str, list[str]] = {name: [] for name in LAYERS}
    documents: dict[str, dict[str, object]] = {name: {} for name in LAYERS if name.endswith(".json")}
    for number in range(count):
        name, kind = f"v{number}", maker.type(2)
        constraint = f"  type = {kind}\n" if chance.random() < 0.8 or kind.name not in ("string", "number", "bool") else ""
        default = f"  default = {maker.value(kind, constant=True)}\n" if chance.random() < 0.7 else ""
        nullable = chance.choice(["", "", "  nullable = false\n"])
        variables.append(
            f'variable "{name}" {{\n{constraint}{default}{nullable}}}\noutput "{name}" {{\n  value = var.{name}\n}}\n'
        )
        chosen = [layer for layer in LAYERS if chance.random() < 0.25]
        for layer in chosen or ([] if default else [chance.choice(LAYERS)]):
            value = maker.value(kind, constant=True)
            if layer in documents:
                documents[layer][name] = chance.choice([7, "seven", True]) if kind.name == "string" else json_value(maker, kind)
            elif layer in ("environment", "option"):
                # Texts are given as they are, everything else as an expression.
                is_text = not constraint or kind.name in ("string", "number", "bool")
                plain_text = value.strip('"').replace("'", "") if is_text else value
                texts[layer].append(
                    f"export TF_VAR_{name}='{plain_text}'" if layer == "environment" else f"-var '{name}={plain_text}'"
                )
            else:
                texts[layer].append(f"{name} = {value}")
    files = {"main.tf": "".join(variables)}
    for layer in LAYERS:
        if layer in documents:
            files[layer] = json.dumps(documents[layer])
        elif layer.endswith(".tfvars"):
            files[layer] = "\n".join(texts[layer]) + "\n"
    files["values/prod.tfvars"] = "\n".join(texts["file"]) + "\n"
    options = " \\\n  ".join(["-var-file=values/prod.tfvars", *texts["option"]])
    script = "\n".join([*texts["environment"], f"terraform plan -input=false -json -out=plan \\\n  {options}", ""])
    return files, {"deploy.sh": script}


def json_value(maker: Maker, kind: Type) -> object:
    match kind.name:
        case "string":
            return maker.random.choice(WORDS)
        case "number":
            return maker.random.randint(0, 9)
        case "bool":
            return maker.random.choice([True, False])
        case "list" | "set":
            assert kind.inner is not None
            return [json_value(maker, kind.inner) for _ in range(maker.random.randint(0, 2))]
        case "map":
            assert kind.inner is not None
            return {key: json_value(maker, kind.inner) for key in maker.random.sample(KEYS, 2)}
    return {name: json_value(maker, inner) for name, inner, default in kind.attributes if default is None}


def ours_of_layers(files: Mapping[str, str]) -> dict[str, object]:
    """Output -> value in the environment that the script's variable file names."""
    project = project_of(files)
    folder = project.folder(".")
    laid = layers.laid(project, folder, varfiles.for_root(project, folder), Deployments(project).of_root("."))
    (named,) = laid.named.values()
    assert named.evidence.environment == "prod"
    return told(files, {**laid.always, **named.attributes})


@pytest.mark.slow
@needs_terraform
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@pytest.mark.parametrize("seed", range(6))
def test_terraform_takes_the_same_layer_of_values(seed: int, tmp_path: Path) -> None:
    files, script = layered(Maker(seed), 150)
    written({**files, **script}, tmp_path)
    assert run(tmp_path, "init", "-input=false").returncode == 0
    done = subprocess.run(
        ["sh", "deploy.sh"],
        cwd=tmp_path,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    shown = json.loads(run(tmp_path, "show", "-json", "plan").stdout)
    expected = {name: output.get("value") for name, output in shown["planned_values"]["outputs"].items()}
    computed = ours_of_layers({**files, **script})
    wrong = {name: (value, computed[name]) for name, value in expected.items() if not same(computed[name], value)}
    assert wrong == {}
    assert len(expected) == 150
