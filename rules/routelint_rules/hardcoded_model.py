"""# hardcoded-model

## What it does

Reports a model written as a literal in a program, where the policy wants routes to be configurable. Infrastructure and
configuration files are where a model should be written, and are left alone. Off unless the policy turns it on.

## Why it costs

A model that is part of the program changes only with a release. Right-sizing, a retirement or a price change then waits for
developers, and development pays for production's model.

## Example

    client.converse(modelId="global.anthropic.claude-haiku-5-5", messages=messages)

## Use instead

Read it from the environment and set it where the code is deployed:

    client.converse(modelId=os.environ["MODEL_ID"], messages=messages)

## Policy keys

`rules.hardcoded-model`

## References

`docs/policy.md`, section Rules
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.attribution import PROGRAMS
from routelint.model import Kind, ModelReference, Resolution, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

ON = "version: 1\nrules: {hardcoded-model: warning}\n"
CALL = """\
import boto3
import os

boto3.client("bedrock-runtime").converse(modelId={model}, messages=[])
"""
WRITTEN = frozenset({Resolution.LITERAL, Resolution.CONSTANT, Resolution.CROSS_FILE})
RUN = frozenset({Kind.INVOKE, Kind.EMBED, Kind.AGENT})
# A constant that a program reads from one of these can be changed without a release.
CONFIGURATION_FILES = (".yaml", ".yml", ".json", ".toml", ".env", ".ini", ".cfg", ".tf", ".tfvars", ".properties")


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model written in the program itself."""
    if reference.kind not in RUN or reference.language not in PROGRAMS:
        return
    for choice in reference.choices:
        written_in_program = all(not hop.location.path.endswith(CONFIGURATION_FILES) for hop in choice.trail)
        if choice.resolution in WRITTEN and written_in_program:
            yield Breach(
                f"'{choice.model.id}' is written in the program; read it from configuration that is set per environment",
                choice,
                context.environments(reference, choice),
            )


RULE = Rule(
    id="hardcoded-model",
    summary="A model written as a literal in a program",
    severity=Severity.OFF,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "a literal in a call",
            {"app.py": CALL.format(model='"amazon.nova-lite-v1:0"')},
            ("app.py:4",),
            ON,
        ),
        Example(
            "a model read from the environment",
            {"app.py": CALL.format(model='os.environ.get("MODEL", "amazon.nova-lite-v1:0")')},
            (),
            ON,
        ),
        Example(
            "a literal in infrastructure",
            {"main.tf": 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "amazon.nova-lite-v1:0"\n}\n'},
            (),
            ON,
        ),
    ),
)
