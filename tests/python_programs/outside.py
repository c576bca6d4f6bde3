"""What comes from outside the code: options, the environment, configuration files."""

from __future__ import annotations

import json

from python_programs.writer import Block, Form, Writer


def _option(w: Writer, b: Block, depth: int) -> str:
    parser, value, flag, read = w.name("parser"), w.text(b, depth), w.name("model"), w.name("args")
    b.add("import argparse", f"{parser} = argparse.ArgumentParser(description='runs')")
    match w.random.randrange(4):
        case 0:
            b.add(f"{parser}.add_argument('--{flag.replace('_', '-')}', default={value})")
        case 1:
            b.add(f"{parser}.add_argument('-m', '--{flag}', type=str, default={value}, help='the model')")
        case 2:
            b.add(f"{parser}.add_argument('--other', dest='{flag}', default={value})")
        case _:
            group = w.name("group")
            b.add(f"{group} = {parser}.add_argument_group('models')", f"{group}.add_argument('--{flag}', default={value})")
    b.add(f"{read} = {parser}.parse_args()")
    return f"{read}.{flag}"


def _environment(w: Writer, b: Block, depth: int) -> str:
    name, value = w.name("MODEL_ID"), w.text(b, depth)
    b.add("import os")
    if w.random.random() < 0.4:
        w.environment[name] = w.model()
        if w.random.random() < 0.4:
            return f"os.environ['{name}']"
    holder = w.name("NAME")
    match w.random.randrange(8):
        case 0:
            return f"os.getenv('{name}', {value})"
        case 1:
            return f"os.environ.get('{name}', {value})"
        case 2:
            return f"(os.getenv('{name}') or {value})"
        case 3:
            b.add(f"{holder} = '{name}'")
            return f"os.environ.get({holder}, {value})"
        case 4:
            b.add("from os import environ, getenv")
            return w.pick([f"environ.get('{name}', {value})", f"getenv('{name}', default={value})"])
        case 5:
            return f"(os.environ['{name}'] if '{name}' in os.environ else {value})"
        case 6:
            b.add("try:", f"    {holder} = os.environ['{name}']", "except KeyError:", f"    {holder} = {value}")
            return holder
        case _:
            b.add(f"{holder} = os.environ.get('{name}')", f"if {holder} is None:", f"    {holder} = {value}")
            return holder


def _configuration(w: Writer, b: Block, depth: int) -> str:
    name, kind, model = w.name("config"), w.pick(["json", "yaml", "toml"]), w.model()
    folder = b.path.rpartition("/")[0]
    document = {"json": json.dumps({"bedrock": {"models": [{"id": model}], "model": model}}, indent=1),
                "yaml": f"# models\nbedrock:\n  model: {model!r}\n  models:\n    - id: {model!r}\n",
                "toml": f"[bedrock]\nmodel = '{model}'\n[[bedrock.models]]\nid = '{model}'\n"}[kind]  # fmt: skip
    w.data[f"{folder}/{name}.{kind}"] = document
    path = w.pick([f"Path(__file__).parent / '{name}.{kind}'", f"Path(__file__).with_name('{name}.{kind}')",
                   f"os.path.join(os.path.dirname(__file__), '{name}.{kind}')",
                   f"Path(__file__).resolve().parent.joinpath('{name}.{kind}')"])  # fmt: skip
    load = {"json": "json.load", "yaml": "yaml.safe_load", "toml": "tomllib.load"}[kind]
    loads = {"json": "json.loads", "yaml": "yaml.safe_load", "toml": "tomllib.loads"}[kind]
    b.add("import json, os, tomllib, yaml", "from pathlib import Path")
    mode = "'rb'" if kind == "toml" else "encoding='utf-8'"
    match w.random.randrange(3):
        case 0:
            b.add(f"with open({path}, {mode}) as file:", f"    {name} = {load}(file)")
        case 1:
            b.add(f"{name} = {loads}(Path({path}).read_text())")
        case _:
            reader = w.name("load")
            b.add(
                f"def {reader}(path):",
                f"    with open(path, {mode}) as file:",
                f"        return {load}(file)",
                f"{name} = {reader}({path})",
            )
    return w.pick(
        [f"{name}['bedrock']['model']", f"{name}['bedrock']['models'][0]['id']", f"{name}.get('bedrock', {{}}).get('model')"]
    )


# Each with how often it is taken.
FORMS: dict[Form, int] = {_option: 1, _environment: 2, _configuration: 2}
