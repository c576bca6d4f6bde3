"""A repository in which whatever is run, imported, fetched or obeyed leaves a mark."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

from git_repositories import commit, git
from scans import write_tree

ROOT = Path(__file__).parents[2]
MODEL = "anthropic.claude-opus-4-1-20250805-v1:0"
# Modules that the program, its libraries or its tools import.
NAMES = (
    *(
        "conftest",
        "sitecustomize",
        "usercustomize",
        "setup",
        "yaml",
        "click",
        "jsonschema",
        "re2",
        "tree_sitter",
        "tree_sitter_hcl",
    ),
    *("routelint", "routelint_rules", "routelint_schemas", "cel_expr_python", "ast", "json", "subprocess", "settings"),
    *("manage", "tasks", "noxfile", "fabfile", "git", "venv", "pip", "ensurepip"),
)


class Reduced:
    """What runs a command where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def code(mark: str) -> str:
    """Python that leaves a mark when it runs, and that a scan has reason to look at."""
    evil = f"open({mark!r}, 'w')"
    return (
        f"import boto3\nopen({mark!r}, 'w').close()\n__import__('os').system('touch ' + {mark!r})\n"
        f"MODEL = (lambda: open({mark!r}, 'w') and {MODEL!r})()\n"
        f"boto3.client('bedrock-runtime').converse(modelId=MODEL, messages=[])\n"
        f"boto3.client('bedrock-runtime').converse(modelId=eval({evil!r}), messages=[])\n"
    )


def make(folder: Path, marks: Path) -> Path:
    """The repository at `folder`, with a history; whatever it gets done leaves a file in `marks`."""
    tree = folder / "tree"
    shutil.copytree(ROOT / "examples", tree)
    commit(tree, {"README.md": "before\n"})
    run = f"touch {marks}/"
    files: dict[str, str | bytes] = {}
    for name in NAMES:
        files[f"{name}.py"] = code(f"{marks}/{name}")
        files[f"{name}/__init__.py"] = code(f"{marks}/{name}-package")
    files |= {
        "a.pth": f"import os; os.system('{run}pth')\n",
        "pyproject.toml": f"[build-system]\nrequires = []\nbuild-backend = 'setup'\nbackend-path = ['.']\nmodel = '{MODEL}'\n",
        ".envrc": f"{run}envrc\nexport MODEL_ID={MODEL}\n",
        ".env": f"MODEL_ID=$({run}env)\nTF_VAR_model=`{run}env`\n",
        "deploy.sh": f"#!/bin/sh\n{run}deploy\nexport TF_VAR_model=$({run}substituted)\nterraform apply -var model={MODEL}\n",
        "Makefile": f"MODEL_ID := $(shell {run}make)\nall:\n\t{run}make\n",
        "tags.yaml": f"model: !!python/object/apply:os.system ['{run}yaml']\nb: !!python/name:os.system\nmodel_id: {MODEL}\n",
        "template.yaml": (
            "Resources:\n  A:\n    Type: AWS::Bedrock::Agent\n"
            f"    Properties:\n      FoundationModel: !!python/object/apply:os.system ['{run}cfn']\n"
        ),
        "settings.pickle": pickle.dumps(Reduced(marks / "pickle")),
        "model.j2": "{{ ''.__class__.__mro__[1].__subclasses__() }} {{ cycler.__init__.__globals__.os.system('"
        + run
        + "jinja') }}\n",
        "external.tf": (
            f'data "external" "m" {{\n  program = ["sh", "-c", "{run}external"]\n}}\n'
            'data "http" "m" {\n  url = "http://127.0.0.1:9/model"\n}\n'
            'resource "aws_bedrockagent_agent" "m" {\n  foundation_model = data.external.m.result.model\n}\n'
            'resource "aws_bedrockagent_agent" "n" {\n  foundation_model = data.http.m.response_body\n}\n'
            'resource "aws_bedrockagent_agent" "o" {\n  foundation_model = file("/etc/hostname")\n}\n'
            'resource "aws_bedrockagent_agent" "p" {\n  foundation_model = file("../../../../../../etc/hostname")\n}\n'
            'module "m" {\n  source = "git::ssh://127.0.0.1:9/x.git"\n}\n'
        ),
        "terragrunt.hcl": (
            f'inputs = {{\n  model = run_cmd("sh", "-c", "{run}terragrunt")\n}}\nterraform {{\n  source = "."\n}}\n'
        ),
        "serverless.yml": "service: a\nprovider:\n  name: aws\n  environment:\n    MODEL_ID: ${file(./evil.js):model}\n",
        "evil.js": f"require('child_process').execSync('{run}js'); module.exports.model = '{MODEL}';\n",
        "package.json": f'{{"scripts": {{"preinstall": "{run}npm"}}, "modelId": "{MODEL}"}}\n',
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% x\n\tupdate = !touch x\n',
        ".pre-commit-config.yaml": (
            f"repos: [{{repo: local, hooks: [{{id: a, name: a, entry: {run}hook, language: system}}]}}]\n"
        ),
        "own.routelint-test.yaml": (
            "version: 1\ntoday: 2026-11-24\ntests:\n  - name: a\n"
            "    files: {'a/../../../x.py': 'x', conftest.py: 'x'}\n    expect: []\n"
        ),
        "sound.routelint-test.yaml": (
            "version: 1\ntoday: 2026-11-24\ntests:\n  - name: a\n    files:\n      conftest.py: |\n        "
            + code(f"{marks}/tested").replace("\n", "\n        ")
            + "\n    expect: []\n"
        ),
        "extended.yaml": "version: 1\nextends: [http://127.0.0.1:9/policy.yaml]\n",
    }
    commit(tree, files)
    write_tree(tree, {"platform/main.tf": (tree / "platform" / "main.tf").read_text("utf-8") + "\n# touched\n"})
    git(tree, "add", "platform/main.tf")
    write_tree(tree, {"untracked.py": code(f"{marks}/untracked")})
    _poison(tree, run)
    return tree


def _poison(tree: Path, run: str) -> None:
    """Turns the repository's own configuration against whoever runs git in it."""
    settings = {
        "core.fsmonitor": f"{run}fsmonitor;",
        "core.hooksPath": "hooks",
        "core.sshCommand": f"{run}ssh",
        "core.pager": f"{run}pager",
        "core.editor": f"{run}editor",
        "core.gitProxy": f"{run}proxy",
        "core.askPass": f"{run}askpass",
        "core.alternateRefsCommand": f"{run}alternate",
        "diff.external": f"{run}external-diff",
        "diff.evil.textconv": f"{run}textconv",
        "diff.evil.command": f"{run}diff",
        "filter.evil.clean": f"{run}clean; cat",
        "filter.evil.smudge": f"{run}smudge; cat",
        "filter.evil.process": f"{run}process",
        "filter.evil.required": "true",
        "merge.evil.driver": f"{run}merge",
        "gpg.program": f"{run}gpg",
        "log.showSignature": "true",
        "credential.helper": f"!{run}credential",
        "uploadpack.packObjectsHook": f"{run}pack",
        "remote.origin.url": f"ext::{run}remote",
        "remote.origin.uploadpack": f"{run}upload",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "blame.ignoreRevsFile": "missing",
        **{
            f"alias.{name}": f"!{run}alias-{name}"
            for name in ("ls-files", "diff", "log", "blame", "cat-file", "rev-parse", "status")
        },
    }
    for key, value in settings.items():
        git(tree, "config", key, value)
    hooks = tree / ".git" / "hooks"
    for name in ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman", "reference-transaction"):
        for place in (hooks, tree / "hooks"):
            place.mkdir(exist_ok=True)
            (place / name).write_text(f"#!/bin/sh\n{run}hook-{name}\n", "utf-8")
            (place / name).chmod(0o755)
