"""What pipelines, scripts and dotenv files give to the variables of a root, form by form."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import golden
from routelint import catalog, surfaces
from routelint.model import ModelReference
from routelint.parse import terraform
from routelint.parse.parsed import ParseContext, Parsed
from routelint.parse.terraform.deployments.words import Ref, commands
from routelint.source import MemoryTree, SourceUnit

AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.model\n}\n'
ROOT = 'variable "model" {}\nvariable "stage" {\n  default = "none"\n}\n' + AGENT
LITE, PRO = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
TERRAFORM_FILES = (".tf", ".tfvars", ".hcl")


def parsed(files: Mapping[str, str]) -> Parsed:
    tree = MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()})
    paths = tuple(path for path in tree.paths() if path.endswith(TERRAFORM_FILES))
    context = ParseContext(tree, surfaces.load("terraform"), catalog.load().knows)
    return terraform.parse(SourceUnit("terraform", paths, paths), context)


def told(reference: ModelReference) -> list[str]:
    """Each choice as `model@environment`, and the reason of what is unknown; one environment is that of every choice."""
    whole = [each.environment for each in reference.evidence]
    only = whole if len(whole) == len(reference.choices) == 1 else []
    choices = sorted(f"{each.model.id}@{','.join(each.environments or only)}" for each in reference.choices)
    return choices + ([reference.unknown.reason] if reference.unknown is not None else [])


def told_of(files: Mapping[str, str], root: str = "infra") -> list[str]:
    (reference,) = [each for each in parsed(files).references if each.root == root]
    return told(reference)


def workflow(job: str, head: str = "") -> dict[str, str]:
    text = head + "jobs:\n  apply:\n" + "".join(f"    {line}\n" for line in job.splitlines())
    return {"infra/main.tf": ROOT, ".github/workflows/ship.yml": text}


def script(text: str, path: str = "infra/ship.sh") -> dict[str, str]:
    return {"infra/main.tf": ROOT, path: text}


FORMS: dict[str, tuple[dict[str, str], list[str]]] = {
    "a workflow's env": (
        workflow("steps:\n  - run: terraform -chdir=infra apply", f"env:\n  TF_VAR_model: {LITE}\n"),
        [f"{LITE}@"],
    ),
    "a job's env wins over the workflow's": (
        workflow(
            f"env:\n  TF_VAR_model: {PRO}\nsteps:\n  - run: terraform -chdir=infra apply", f"env:\n  TF_VAR_model: {LITE}\n"
        ),
        [f"{PRO}@"],
    ),
    "a step's env wins over the job's": (
        workflow(
            f"env:\n  TF_VAR_model: {LITE}\nsteps:\n  - run: terraform apply\n    working-directory: infra\n"
            f'    env:\n      TF_VAR_model: "{PRO}"'
        ),
        [f"{PRO}@"],
    ),
    "a job's environment by name": (
        workflow(f"environment: prod\nenv:\n  TF_VAR_model: {LITE}\nsteps:\n  - run: cd infra && terraform apply"),
        [f"{LITE}@prod"],
    ),
    "an environment that an expression names is not said": (
        workflow(
            f"environment: ${{{{ inputs.target }}}}\nenv:\n  TF_VAR_model: {LITE}\nsteps:\n  - run: cd infra && terraform apply"
        ),
        [f"{LITE}@"],
    ),
    "a matrix of lists": (
        workflow(
            f"strategy:\n  matrix:\n    env: [dev, prod]\n    model: [{LITE}]\nenvironment: ${{{{ matrix.env }}}}\n"
            "env:\n  TF_VAR_model: ${{ matrix.model }}\nsteps:\n  - run: cd infra && terraform apply"
        ),
        [f"{LITE}@"],
    ),
    "a value of another env": (
        workflow(
            "env:\n  TF_VAR_model: us.${{ env.FAMILY }}-lite-v1:0\nsteps:\n  - run: terraform -chdir=infra apply",
            "env:\n  FAMILY: amazon.nova\n",
        ),
        ["us.amazon.nova-lite-v1:0@"],
    ),
    "a value in part from a secret": (
        workflow("env:\n  TF_VAR_model: amazon.${{ vars.FAMILY }}\nsteps:\n  - run: terraform -chdir=infra apply"),
        ["'${{ vars.FAMILY }}' is filled in when ship.yml runs"],
    ),
    "a job that only checks": (
        workflow(f"env:\n  TF_VAR_model: {LITE}\nsteps:\n  - run: terraform -chdir=infra validate"),
        ["var.model has no default and no tfvars in the scanned files sets it"],
    ),
    "a make target applies": (
        workflow(f"env:\n  TF_VAR_model: {LITE}\nsteps:\n  - run: make apply\n    working-directory: infra"),
        [f"{LITE}@"],
    ),
    "a variable of the next steps": (
        workflow(
            f'steps:\n  - run: echo "TF_VAR_model={LITE}" >> $GITHUB_ENV\n'
            "  - run: terraform apply\n    working-directory: infra"
        ),
        [f"{LITE}@"],
    ),
    "a plan with values, an apply of the plan": (
        workflow(
            f"steps:\n  - run: |\n      cd infra\n      terraform plan -var model={LITE} -out=tfplan\n"
            "      terraform apply tfplan"
        ),
        [f"{LITE}@"],
    ),
    "an option split over lines": (script(f"terraform apply \\\n  -var \\\n  model={LITE}\n"), [f"{LITE}@"]),
    "an option in quotes": (script(f"terraform apply -var='model={LITE}' -auto-approve\n"), [f"{LITE}@"]),
    "an option wins over the environment": (
        script(f"export TF_VAR_model={PRO}\nterraform apply -var model={LITE}\n"),
        [f"{LITE}@"],
    ),
    "a value for one command": (script(f"TF_VAR_model={LITE} tofu apply\n"), [f"{LITE}@"]),
    "a value after env": (script(f"env TF_VAR_model={LITE} terraform apply\n"), [f"{LITE}@"]),
    "a program that starts terraform": (
        script(f"export TF_VAR_model={LITE}\naws-vault exec dev -- terraform apply\n"),
        [f"{LITE}@"],
    ),
    "the last value counts": (
        script(f"export TF_VAR_model={PRO}\nexport TF_VAR_model={LITE}\nterraform apply\n"),
        [f"{LITE}@"],
    ),
    "a default of the shell": (script(f'export TF_VAR_model="${{MODEL:-{LITE}}}"\nterraform apply\n'), [f"{LITE}@"]),
    "a variable of the shell": (script(f"M={LITE}\nexport TF_VAR_model=$M\nterraform apply\n"), [f"{LITE}@"]),
    "a variable that nothing sets": (
        script("export TF_VAR_model=$MODEL\nterraform apply\n"),
        ["'$MODEL' is set where ship.sh runs"],
    ),
    "a variable that several lines set": (
        script(f'M=""\nship() {{\n  terraform apply -var model="$M"\n}}\nM={LITE}\nship\n'),
        ["ship.sh sets '$M' in several places"],
    ),
    "an expansion that changes the text": (
        script("export TF_VAR_model=${MODEL%-v1}\nterraform apply\n"),
        ["'${MODEL%-v1}' is set where ship.sh runs"],
    ),
    "what a command prints": (
        script("export TF_VAR_model=$(jq -r .model config.json)\nterraform apply\n"),
        ["a command of ship.sh prints it"],
    ),
    "branches of an environment": (
        script(
            f'if [ "$1" = "prod" ]; then\n  export TF_VAR_model={PRO}\nelse\n  export TF_VAR_model={LITE}\nfi\n'
            "terraform apply\n"
        ),
        [f"{LITE}@", f"{PRO}@prod"],
    ),
    "branches of a case": (
        script(
            f"case $1 in\n(dev|staging) export TF_VAR_model={LITE};;\nprod|production) export TF_VAR_model={PRO};; esac\n"
            "terraform apply\n"
        ),
        [f"{LITE}@", f"{PRO}@prod"],
    ),
    "an environment by default is none": (
        script(f'STAGE="${{1:-dev}}"\nterraform apply -var "stage=$STAGE" -var model={LITE}\n'),
        [f"{LITE}@"],
    ),
    "a workspace": (
        script(f"terraform workspace select prod\nterraform apply -var model={LITE}\n"),
        [f"{LITE}@prod"],
    ),
    "a script elsewhere that changes the folder": (
        script(f'cd "$(git rev-parse --show-toplevel)/infra"\nTF_VAR_model={LITE} terraform apply\n', "bin/ship.sh"),
        [f"{LITE}@"],
    ),
    "a subshell comes back": (
        script(f"(cd other; terraform apply)\ncd infra\nterraform apply -var model={LITE}\n", "ship.sh"),
        [f"{LITE}@"],
    ),
    "a dotenv file that a script reads": (
        {**script("set -a\n. ../.env\nterraform apply\n"), ".env": f"TF_VAR_model='{LITE}'\n"},
        [f"{LITE}@"],
    ),
    "a dotenv file named after an environment": (script(f"TF_VAR_model={LITE}\n", "infra/.env.staging"), [f"{LITE}@staging"]),
    "an example says nothing": (
        script(f"TF_VAR_model={LITE}\n", "infra/.env.example"),
        ["var.model has no default and no tfvars in the scanned files sets it"],
    ),
    "what is printed says nothing": (
        script(f'echo "export TF_VAR_model={LITE}"\nterraform apply -var other=1\n'),
        ["var.model has no default and no tfvars in the scanned files sets it"],
    ),
    "a variable file elsewhere": (
        {
            **script("terraform apply -var-file ../elsewhere/settings.tfvars\n"),
            "elsewhere/settings.tfvars": f'model = "{LITE}"\nx = 1\n',
        },
        [f"{LITE}@"],
    ),
    "a variable file whose name is not written there": (
        {
            **script(f"terraform apply -var-file=$ENV.tfvars -var model={PRO}\n"),
            "infra/dev.tfvars": f'model = "{LITE}"\n',
            "infra/prod.tfvars": f'model = "{LITE}"\n',
        },
        [f"{PRO}@"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), FORMS.values(), ids=FORMS.keys())
def test_a_form_gives_what_terraform_is_given(files: dict[str, str], expected: list[str]) -> None:
    assert told_of(files) == expected


def test_two_pipelines_that_disagree_are_two_ways() -> None:
    files = {
        "infra/main.tf": ROOT,
        "a.sh": f"cd infra\nexport TF_VAR_model={LITE}\nterraform apply\n",
        "b.sh": f"cd infra\nexport TF_VAR_model={PRO}\nterraform apply\n",
    }
    assert told_of(files) == [f"{LITE}@", f"{PRO}@"]


def test_a_value_is_for_the_root_that_is_applied_and_no_other() -> None:
    files = {"a/main.tf": ROOT, "b/main.tf": ROOT, "ship.sh": f"terraform -chdir=a apply -var model={LITE}\n"}
    assert told_of(files, "a") == [f"{LITE}@"]
    assert told_of(files, "b") == ["var.model has no default and no tfvars in the scanned files sets it"]


def test_a_value_for_no_root_in_particular_is_for_all_that_have_it() -> None:
    files = {"a/main.tf": ROOT, "b/main.tf": ROOT, ".env": f"TF_VAR_model={LITE}\n"}
    found = parsed(files).references
    assert [(each.root, told(each)) for each in found] == [("a", [f"{LITE}@"]), ("b", [f"{LITE}@"])]
    (hop,) = found[0].choices[0].trail
    assert hop.note == "TF_VAR_model in .env, which does not say for which root"


def test_a_value_that_cannot_be_told_takes_a_default_only_from_the_root_it_is_for() -> None:
    root = f'variable "model" {{\n  default = "{PRO}"\n}}\n' + AGENT
    files = {"a/main.tf": root, ".env": "TF_VAR_model=$MODEL\n"}
    assert told_of(files, "a") == [f"{PRO}@"]
    assert told_of({"a/main.tf": root, "a/.env": "TF_VAR_model=$MODEL\n"}, "a") == ["'$MODEL' is set where .env runs"]


def test_the_hop_stands_on_the_value() -> None:
    text = f"#!/bin/sh\nexport TF_VAR_model=\"{LITE}\"\nterraform apply -var='other=1'\n"
    (reference,) = parsed(script(text)).references
    (hop,) = reference.choices[0].trail
    span = hop.location.span
    assert text.splitlines()[span.start_line - 1][span.start_column - 1 : span.end_column - 1] == LITE
    assert (hop.location.path, hop.note) == ("infra/ship.sh", "TF_VAR_model in infra/ship.sh")


def test_a_value_is_read_as_the_type_of_the_variable_says() -> None:
    root = 'variable "model" {\n  type = list(string)\n}\n' + AGENT_OF_FIRST
    files = {"infra/main.tf": root, "infra/ship.sh": f"export TF_VAR_model='[\"{LITE}\"]'\nterraform apply\n"}
    assert told_of(files) == [f"{LITE}@"]
    files["infra/ship.sh"] = f"export TF_VAR_model={LITE}\nterraform apply\n"
    assert told_of(files) == ["TF_VAR_model is no value of the type of var.model"]


AGENT_OF_FIRST = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.model[0]\n}\n'


# -- the lexer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
        ("a=b'c'\"d\"", ["a=bcd"]),
        ("a \\\n  b", ["a", "b"]),
        ("a # b", ["a"]),
        ("a#b", ["a#b"]),
        ('"a\\"b\\$c"', ['a"b$c']),
        ("<(a)", [""]),
    ],
)
def test_words_are_what_a_shell_makes_of_them(text: str, words: list[str]) -> None:
    (first, *_) = commands(text, 0, len(text))
    assert [word.literal for word in first.words] == words


def test_what_stands_for_a_text_is_kept_apart() -> None:
    text = "a${B:-c}d$(e $(f))${{ g }}`h`"
    (command,) = commands(text, 0, len(text))
    (word,) = command.words
    assert word.pieces == (
        "a",
        Ref("variable", "B", "c"),
        "d",
        Ref("command", "e $(f)"),
        Ref("expression", "g"),
        Ref("command", "h"),
    )


@given(st.text(alphabet="a $(){}'\"`\\<>;|&#\n=\t\f-\u2028é", max_size=60))
def test_any_text_ends(text: str) -> None:
    for make in (False, True):
        last = 0
        for command in commands(text, 0, len(text), make=make):
            for word in command.words:
                assert last <= word.start < word.end <= len(text)
                last = word.end


GIVEN = [
    (folder, path)
    for folder in sorted((golden.CASES / "terraform").glob("given-*"))
    for path in golden.tree(folder).paths()
    if not path.endswith(TERRAFORM_FILES)
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(GIVEN), st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=2, max_size=6))
def test_broken_pipelines_and_scripts_are_survived(target: tuple[Path, str], seed: int, cuts: list[int]) -> None:
    folder, path = target
    files = {each: data.decode() for each, data in golden.tree(folder).files.items()}
    text = files[path]
    chance = random.Random(seed)
    for cut in cuts:
        at = cut % (len(text) + 1)
        text = (
            text[:at]
            + chance.choice(["'", '"', "${{", "$(", ")", "{", "\n", "case x in ", "esac", ";;", "fi", "&a [*a]"])
            + text[at:]
        )
    files[path] = text
    for reference in parsed(files).references:
        for choice in reference.choices:
            for hop in choice.trail:
                lines = files[hop.location.path].split("\n")
                assert hop.location.span.end_line <= len(lines)


HOSTILE = {
    "open commands": "$(" * 20_000,
    "open cases": "case x in " * 5_000,
    "open brackets": "(" * 50_000,
    "open expansions": '"${' * 20_000,
    "open expressions": 'a="${{' + " ${{" * 50_000,
    "conditions": "if " * 20_000,
    "heredocs": "<<A\n" * 10_000,
    "a long value": "a=" + "b" * 300_000,
    "many variables": "".join(f"a{i}=$a{i + 1}\n" for i in range(8_000)),
    "a script that reads itself": ". ./ship.sh\n" * 2_000,
    "many ways to apply": "".join(f"terraform apply -var stage=s{i}\n" for i in range(1_500)),
    "folders that go nowhere": 'cd "$(dirname ' + "dirname " * 10_000 + '")"\n',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_scripts_are_bounded(text: str) -> None:
    files = script(f"export TF_VAR_model={LITE}\nterraform apply\n{text}")
    files["infra/Makefile"] = "export TF_VAR_x = " + " " * 100_000 + "a\n"
    (reference,) = parsed(files).references
    assert {choice.model.id for choice in reference.choices} == {LITE}
