"""Every statement of the practice: a company that keeps it has no finding; breaking it shows one."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from routelint import catalog
from routelint.inventory import rows
from routelint.spend import estimates
from scans import TODAY, policy_of, resolve, scan

COMPANY = Path(__file__).parent / "cases_practice"
OPUS = "global.anthropic.claude-opus-5-5"
HAIKU = "global.anthropic.claude-haiku-5-5"


@dataclass(frozen=True)
class Statement:
    """A statement of the practice, the edits that break it (path -> text, its replacement), and the rules that then speak.

    `before` compares with the company as it was.
    """

    says: str
    edits: dict[str, tuple[str, str]]
    rules: frozenset[str]
    before: bool = False


def breaks(says: str, path: str, text: str, replacement: str, *rules: str, before: bool = False) -> Statement:
    return Statement(says, {path: (text, replacement)}, frozenset(rules), before)


ROUTE_TO_OPUS = ('os.environ["MODEL_ID"]', f'"{OPUS}"')
STATEMENTS = [
    breaks(
        "premium by default is waste",
        "triage/src/app.py",
        "import boto3\n",
        f'import boto3\n\n\ndef again(client, model="{OPUS}"):\n    return client.converse(modelId=model, messages=[])\n',
        "costly-default-model",
    ),
    breaks(
        "premium without a reason is waste",
        "platform/prod.tfvars",
        OPUS,
        "global.anthropic.claude-opus-5",
        "unjustified-premium-model",
    ),
    breaks(
        "a library chooses no model",
        "triage/src/app.py",
        "import boto3\n",
        "import boto3\nfrom strands import Agent\n\nagent = Agent()\n",
        "implicit-model",
    ),
    breaks("simple tasks take cheap models", "triage/src/app.py", *ROUTE_TO_OPUS, "model-above-task-tier"),
    Statement(
        "work that looks simple is tried on a cheap model",
        {"routelint.yaml": ("    task: classification\n", ""), "triage/src/app.py": ROUTE_TO_OPUS},
        frozenset({"low-complexity-on-premium"}),
    ),
    breaks("dev takes cheap models", "platform/dev.tfvars", HAIKU, OPUS, "model-above-environment-tier"),
    Statement(
        "internal tools take cost-optimized models",
        {"routelint.yaml": ("    task: classification\n", ""), "triage/src/app.py": ROUTE_TO_OPUS},
        frozenset({"model-above-audience-tier"}),
    ),
    breaks(
        "product and finance approve",
        "routelint.yaml",
        "      finance: {by: finance@acme.example, on: 2026-09-03}\n",
        "",
        "incomplete-justification",
        "unjustified-premium-model",
    ),
    breaks("an approval ends", "routelint.yaml", "expires: 2027-02-26", "expires: 2026-11-01", "expired-justification"),
    breaks(
        "product and finance own the policy",
        ".github/CODEOWNERS",
        "/routelint.yaml @acme/product @acme/finance",
        "",
        "unprotected-policy",
    ),
    breaks("a team pays", "platform/main.tf", 'team = "legal", ', "", "missing-required-tag"),
    breaks(
        "a tag says an environment there is",
        "triage/template.yaml",
        "{Key: environment, Value: !Ref Stage}",
        "{Key: environment, Value: moon}",
        "invalid-tag-value",
    ),
    breaks("a workload has an owner", "routelint.yaml", "    owner: legal\n", "", "unowned-workload"),
    Statement(
        "an invocation can be attributed",
        {
            "triage/template.yaml": ("    Tags: {team: support, project: ticket-triage, environment: !Ref Stage}\n", ""),
            "triage/src/app.py": ('os.environ["MODEL_ID"]', f'"{HAIKU}"'),
        },
        frozenset({"unattributed-invocation"}),
    ),
    breaks(
        "a golden dataset exists",
        "routelint.yaml",
        "    evaluation: {dataset: evals/clauses.jsonl}\n",
        "",
        "missing-golden-dataset",
    ),
    breaks(
        "no blind swap", "platform/prod.tfvars", OPUS, "global.anthropic.claude-sonnet-5-5", "blind-model-swap", before=True
    ),
    breaks("evidence is of today's dataset", "evals/golden.jsonl", "charged twice", "billed twice", "stale-evidence"),
    breaks("quality has a minimum", "routelint.yaml", "minimum: 0.95", "minimum: 0.97", "quality-below-minimum"),
    breaks(
        "latency has a target", "routelint.yaml", "max_p95_latency_ms: 2500", "max_p95_latency_ms: 1000", "latency-above-target"
    ),
    breaks(
        "a budget alerts someone",
        "triage/template.yaml",
        "Service: [Amazon Bedrock]",
        "Service: [AWS Lambda]",
        "missing-budget-alert",
    ),
    breaks(
        "a workload keeps its budget",
        "routelint.yaml",
        "budget_usd_per_month: 400",
        "budget_usd_per_month: 20",
        "workload-over-budget",
    ),
    breaks(
        "latency and errors are watched",
        "triage/template.yaml",
        "Namespace: AWS/Bedrock",
        "Namespace: AWS/Lambda",
        "missing-latency-alarm",
    ),
    breaks(
        "usage is logged",
        "platform/main.tf",
        "aws_bedrock_model_invocation_logging_configuration",
        "aws_null",
        "missing-invocation-logging",
    ),
    breaks(
        "capacity is a decision",
        "platform/main.tf",
        'resource "aws_bedrockagent_agent"',
        'resource "aws_bedrock_provisioned_model_throughput" "review" {\n  model_arn = "anthropic.claude-haiku-5-5"\n}\n'
        'resource "aws_bedrockagent_agent"',
        "provisioned-throughput-in-nonprod",
        "uncommitted-provisioned-throughput",
    ),
]


def company(folder: Path, edits: dict[str, tuple[str, str]]) -> Path:
    shutil.copytree(COMPANY, folder)
    for path, (text, replacement) in edits.items():
        content = (folder / path).read_text("utf-8")
        assert text in content, f"{path} no longer says {text!r}"
        (folder / path).write_text(content.replace(text, replacement), "utf-8")
    return folder


def spoken(folder: Path, before: Path | None = None) -> set[str]:
    policy = (folder / "routelint.yaml").read_text("utf-8")
    # The command line does not look for routes in the policy it goes by.
    (folder / "routelint.yaml").unlink()
    report = scan(folder, policy, before=before)
    assert not [error for error in report.errors if error.internal]
    return {finding.rule for finding in report.findings}


def test_a_company_that_keeps_the_practice_has_no_finding(tmp_path: Path) -> None:
    assert spoken(company(tmp_path / "alone", {})) == set()
    assert spoken(company(tmp_path / "compared", {}), COMPANY) == set()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.says)
def test_breaking_a_statement_is_seen(statement: Statement, tmp_path: Path) -> None:
    # Taking the edit back gives the company of the test above, of which nothing is said.
    assert statement.rules <= spoken(company(tmp_path / "broken", statement.edits), COMPANY if statement.before else None)


def test_the_inventory_lists_active_models_with_what_they_cost() -> None:
    policy = policy_of((COMPANY / "routelint.yaml").read_text("utf-8"))
    references = resolve(COMPANY, policy).references
    models = {model.choice.model.id: model for row in rows(references, policy, catalog.load()) for model in row.models}
    assert models[OPUS].input_usd_per_million_tokens == 4
    assert models[HAIKU].output_usd_per_million_tokens == 0.5
    (triage,) = estimates(references, policy, catalog.load(), TODAY)
    assert triage.workload.name == "ticket-triage"
    assert triage.least == pytest.approx(33.0)


def test_the_record_of_the_company_is_of_its_dataset() -> None:
    record = json.loads((COMPANY / "evals/evidence/triage.json").read_text("utf-8"))
    assert record["sample_size"] == sum(record["pairs"].values())
