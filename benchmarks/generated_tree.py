"""A generated repository: ordinary files of a service company, some of them with a Bedrock route."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

# Shares of files in a repository with services and their infrastructure; what is left over is text that no parser reads.
SHARES = (("py", 50), ("tf", 15), ("yaml", 15), ("json", 8), ("md", 12))
FILES_PER_FOLDER = 25
SEED = 20261124

WORDS = ("order", "invoice", "customer", "ledger", "shipment", "refund", "account", "payment", "basket", "voucher", "carrier")
MODELS = (
    "us.anthropic.claude-opus-5-5",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "us.amazon.nova-2-lite-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
)

PLAIN_PYTHON = '''
def {verb}_{noun}_{number}(session, {noun}, limit={number}):
    """The {noun} after the {verb} step, or None where it was cancelled."""
    rows = session.execute("select * from {noun} where id = :id limit :limit", {{"id": {noun}.id, "limit": limit}})
    result = [row for row in rows if row.status not in ("cancelled", "closed")]
    if not result:
        return None
    return max(result, key=lambda row: row.created_at)
'''
PLAIN_TERRAFORM = """
resource "aws_sqs_queue" "{noun}_{number}" {{
  name                       = "${{var.prefix}}-{noun}-{number}"
  visibility_timeout_seconds = {number}
  tags                       = merge(local.tags, {{ component = "{noun}" }})
}}
"""
PLAIN_YAML = """
{noun}_{number}:
  kind: Deployment
  replicas: {number}
  environment:
    - {{name: STAGE, value: prod}}
    - {{name: QUEUE, value: {noun}-{number}}}
"""
PLAIN_JSON = """{{"{noun}": {{"id": {number}, "steps": ["{verb}", "archive"], "limits": {{"rate": {number}}}}}}}
"""
PLAIN_MARKDOWN = """
## {noun} {number}

How to {verb} a {noun}: open the console, choose the {noun}, wait for the queue, then check the ledger.
"""
PLAIN = {"py": PLAIN_PYTHON, "tf": PLAIN_TERRAFORM, "yaml": PLAIN_YAML, "json": PLAIN_JSON, "md": PLAIN_MARKDOWN}

BEDROCK_PYTHON = '''"""Answers questions about the {noun}."""

import os

import boto3

MODEL = os.getenv("{upper}_MODEL_ID", "{model}")
bedrock = boto3.client("bedrock-runtime")


def answer(question):
    """The answer as text."""
    messages = [{{"role": "user", "content": [{{"text": question}}]}}]
    return bedrock.converse(modelId=MODEL, messages=messages, inferenceConfig={{"maxTokens": 200}})
'''
BEDROCK_TERRAFORM = """variable "{noun}_model" {{
  type    = string
  default = "{model}"
}}

resource "aws_bedrockagent_agent" "{noun}_{number}" {{
  agent_name              = "{noun}-{number}"
  agent_resource_role_arn = var.role_arn
  foundation_model        = var.{noun}_model
  tags                    = {{ team = "{noun}" }}
}}
"""
BEDROCK_YAML = """Parameters:
  ModelId:
    Type: String
    Default: {model}
Resources:
  Agent{number}:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: {noun}-{number}
      FoundationModel: !Ref ModelId
      Tags: {{team: {noun}}}
"""
BEDROCK = {"py": BEDROCK_PYTHON, "tf": BEDROCK_TERRAFORM, "yaml": BEDROCK_YAML}


def write(root: Path, files: int, bedrock_every: int = 100) -> Path:
    """A git repository with that many files below `root`; the same content for the same numbers, on every machine.

    One in so many files has a route.

    Returns the path of one file with a route, for measurements of a single changed file.
    """
    source = random.Random(SEED)
    suffixes = [suffix for suffix, share in SHARES for _ in range(share)]
    changed = None
    for number in range(files):
        suffix = suffixes[number % len(suffixes)] if number % bedrock_every else source.choice(sorted(BEDROCK))
        path = root / f"service_{number // FILES_PER_FOLDER:03}" / f"{source.choice(WORDS)}_{number}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % bedrock_every:
            pieces = [_fill(PLAIN[suffix], source) for _ in range(source.randint(10, 50))]
            path.write_text(f"[{','.join(pieces)}]" if suffix == "json" else "".join(pieces), "utf-8")
            continue
        path.write_text(_fill(BEDROCK[suffix], source) + _fill(PLAIN[suffix], source) * (suffix != "yaml"), "utf-8")
        if suffix == "py":
            changed = path
    assert changed is not None, "so many files with a route are Python files, some of them"
    commit(root)
    return changed


def _fill(template: str, source: random.Random) -> str:
    noun = source.choice(WORDS)
    return template.format(
        noun=noun,
        upper=noun.upper(),
        verb=source.choice(("load", "price", "ship", "close", "audit")),
        number=source.randint(1, 999),
        model=source.choice(MODELS),
    )


def commit(root: Path) -> None:
    """Makes a folder a git repository with everything in it committed."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "--no-verify", "-m", "generated")):
        subprocess.run(["git", *command], cwd=root, check=True)
