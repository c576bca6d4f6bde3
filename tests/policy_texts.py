"""Policies that several tests share, and how they load them."""

from __future__ import annotations

from collections.abc import Mapping

from routelint import policy
from routelint.policy import Policy

RULES = ("broad-model-grant", "hardcoded-model", "missing-required-tag", "retired-model", "unknown-model")

# Every key the schema knows; a test below makes sure of that.
COMPLETE = """\
# yaml-language-server: $schema=schemas/routelint_schemas/policy.schema.json
version: 1
extends: [recommended]
tiers:
  economy: {below_usd_per_million_tokens: 1.00}
  standard: {below_usd_per_million_tokens: 3.00}
  premium: {models: ["anthropic.claude-*sonnet*", "anthropic.claude-*opus*"]}
tiered_modalities: [text, image]
prices:
  mix: {input: 4, output: 1}
  discount_percent: 12
  models:
    anthropic.claude-opus-5-5: {input_usd_per_million_tokens: 3.5, output_usd_per_million_tokens: 17.5, source: "FY26"}
models:
  allow: ["anthropic.*", "amazon.nova-*"]
  deny: ["*preview*"]
  scopes: [us, global]
environments:
  prod: {aliases: [production, prd, live], max_tier: premium}
  dev: {aliases: [develop], max_tier: economy, paths: ["envs/dev/**"]}
  default: {max_tier: standard}
tags:
  required:
    team: {keys: [team, Team, owning-team]}
    environment: {keys: [environment, env], values: environments}
    region: {values: [emea, apac]}
    cost-center: {pattern: "^CC-[0-9]{4}$"}
  attribution: [inference-profile, iam-principal]
workloads:
  ticket-triage:
    routes: ["services/triage/**", "aws_bedrockagent_agent.triage*"]
    owner: team-support
    task: classification
    audience: internal
    tags: {project: triage}
    volume: {requests_per_month: 300000, input_tokens: 900, output_tokens: 40, cached_input_tokens: 600}
    budget_usd_per_month: 400
    max_p95_latency_ms: 2500
    evaluation: {dataset: evals/triage/golden.jsonl, metric: accuracy, minimum: 0.95, max_age_days: 30, margin: 0.02}
tasks:
  classification: {max_tier: economy}
audiences:
  internal: {max_tier: standard}
  customer: {max_tier: premium}
justification:
  tiers: [premium]
  environments: [prod, staging]
  roles:
    product: {approvers: ["product-owners@example.com"]}
    finance: {approvers: ["finops@example.com"], code_owners: ["@example/finops"]}
  max_days: 180
  ticket: "^FIN-[0-9]+$"
justifications:
  - id: FIN-2291
    models: ["anthropic.claude-opus-5-5"]
    workloads: [ticket-triage]
    routes: ["services/legal/**"]
    environments: [prod]
    reason: The next tier down failed the golden set (0.81 against 0.95).
    approvals:
      product: {by: product-owners@example.com, on: 2026-09-01}
      finance: {by: finops@example.com, on: 2026-09-03}
    expires: 2027-02-28
waivers:
  - {rule: missing-required-tag, routes: ["legacy/**"], reason: "frozen until the March migration", expires: 2027-03-31}
evidence: {folder: evals/records, max_age_days: 60, margin: 0.05, confidence: 0.9}
expiry_notice_days: 14
directives: {until_required: true}
severities: {warning: error}
rules:
  retired-model: error
  hardcoded-model: off
  broad-model-grant: {severity: warning, waivable: false}
custom_rules:
  - {id: preview-in-prod, when: 'model.lifecycle == "preview"', severity: error, message: "preview model {model}", help: "Why."}
show_notes: true
fail_on: warning
"""


def load(text: str, files: Mapping[str, str] | None = None, path: str = "routelint.yaml") -> Policy:
    return policy.load(text, path, read=(files or {}).get, rules=RULES)


def below(text: str, files: Mapping[str, str] | None = None) -> Policy:
    """The policy of a text without its first line."""
    return load(f"version: 1\n{text}", files)
