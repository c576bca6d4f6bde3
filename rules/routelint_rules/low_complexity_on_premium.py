"""# low-complexity-on-premium

## What it does

Reports a call to a model of a tier that needs a justification whose own shape says low complexity, where the policy declares no
task for the workload. The signals are listed with a confidence: a small output cap, temperature 0, an answer of enumerated or
JSON form, and what the prompt asks for (classify, extract, summarize ...). A prompt that asks for writing, planning or code
counts against it.

## Why it costs

The commonest waste is a model that can plan and reason answering with one word. It looks the same in the bill as work that
needs it.

## Example

    client.converse(
        modelId="global.anthropic.claude-opus-5-5",
        system=[{"text": "Classify the ticket. Answer with one of: billing, outage, other."}],
        inferenceConfig={"maxTokens": 5, "temperature": 0},
        messages=messages,
    )

## Use instead

Declare the workload's task in the policy, and try a cheaper model on its golden dataset:

    workloads:
      ticket-triage: {routes: ["triage/**"], task: classification}

## Policy keys

`workloads.<name>.task`, `justification.tiers`, `justifications`

## References

`docs/policy.md`, section Workloads
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from routelint import cost
from routelint.deferred import lazy_regex
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

# An answer of so few tokens is a label, a number or a short record.
SMALL_ANSWER = 256
# What a prompt asks for where a small model usually does as well, and where it may not.
SIMPLE = (
    "classif(y|ies|ication)", "categori[sz]e", "label", "extract", "summari[sz]e", "sentiment", "translate",
    "detect the language", "is this spam", "yes or no", "true or false", "one of the following", "answer with one",
    "key points",
)  # fmt: skip
DEMANDING = (
    "step by step", "reason(ing)? about", "plan", "design", "write (a|an|the) (essay|story|report|program|function|test)",
    "refactor", "debug", "prove", "negotiate", "legal", "diagnos(e|is)", "architect",
)  # fmt: skip
JSON_ANSWER = ("json",)
_SIMPLE, _DEMANDING, _JSON_ANSWER = (
    lazy_regex(rf"\b(?:{'|'.join(each)})\b", re.IGNORECASE) for each in (SIMPLE, DEMANDING, JSON_ANSWER)
)
# Below this score the shape says too little.
LEAST_SCORE = 3
CONFIDENCE = {3: "low", 4: "medium"}
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(
    modelId="{model}",
    system=[{{"text": "{prompt}"}}],
    messages=[],
    inferenceConfig={settings},
)
"""
CLASSIFY = "Classify the ticket. Answer with one of: billing, outage, other."
SMALL = '{"maxTokens": 5, "temperature": 0}'
TYPESCRIPT = """\
import {{ BedrockRuntimeClient, ConverseCommand }} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({{}});
await client.send(new ConverseCommand({{
  modelId: "{model}",
  system: [{{ text: "Classify the ticket. Answer with one of: billing, outage, other." }}],
  inferenceConfig: {{ maxTokens: 5, temperature: 0 }},
  messages: [],
}}));
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per premium model of a call whose shape says low complexity."""
    policy = context.policy
    workload = policy.workload(reference.workload) if reference.workload is not None else None
    if reference.kind is not Kind.INVOKE or (workload is not None and workload.task is not None):
        return
    dear = [
        (choice, model, tier)
        for choice in reference.choices
        if (model := context.model(choice)) is not None and (tier := context.tier(choice)) in policy.justification.tiers
    ]
    # Signals are looked for where a model is dear: their expressions take longer to compile than everything else here.
    score, signals = _signals(reference.settings) if dear else (0, [])
    if score < LEAST_SCORE:
        return
    for choice, model, tier in dear:
        environments = context.environments(reference, choice)
        if context.cover(reference, choice, model, environments).covered:
            continue
        yield Breach(
            f"the call looks like low-complexity work but takes the {tier} model '{choice.model.id}'"
            + cost.instead(choice, model, context.substitute(model, below=tier), policy, verb="try"),
            choice,
            environments,
            notes=(f"signals: {', '.join(signals)}; confidence: {CONFIDENCE.get(score, 'high')}",),
        )


def _signals(settings: Mapping[str, str]) -> tuple[int, list[str]]:
    """How much the shape of a call says that its work is simple, and by which signals."""
    score, signals = 0, []
    cap = settings.get("max_output_tokens", "")
    if cap.isdigit() and 0 < int(cap) <= SMALL_ANSWER:
        score += 2
        signals.append(f"at most {cap} output tokens")
    if settings.get("temperature") in ("0", "0.0"):
        score += 1
        signals.append("temperature 0")
    prompt = settings.get("prompt", "")
    if asked := _SIMPLE.search(prompt):
        score += 2
        signals.append(f"the prompt speaks of '{asked[0].lower()}'")
    if "answer" in settings or _JSON_ANSWER.search(prompt):
        score += 1
        signals.append(f"the answer is {settings.get('answer', 'JSON')}")
    if _DEMANDING.search(prompt):
        score -= 2
    return score, signals


RULE = Rule(
    id="low-complexity-on-premium",
    summary="A premium model for what looks like simple work",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "tickets sorted by the flagship",
            {"app.py": CALL.format(model="anthropic.claude-opus-5-5", prompt=CLASSIFY, settings=SMALL)},
            ("app.py:5",),
        ),
        Example(
            "tickets sorted by an economy model",
            {"app.py": CALL.format(model="amazon.nova-lite-v1:0", prompt=CLASSIFY, settings=SMALL)},
        ),
        Example(
            "work that is not simple",
            {
                "app.py": CALL.format(
                    model="anthropic.claude-opus-5-5", prompt="Plan the migration step by step.", settings='{"maxTokens": 4000}'
                )
            },
        ),
        Example(
            "the task is declared, so another rule judges",
            {"app.py": CALL.format(model="anthropic.claude-opus-5-5", prompt=CLASSIFY, settings=SMALL)},
            policy='version: 1\nworkloads: {triage: {routes: ["**"], owner: support, task: classification}}\n',
        ),
        Example(
            "tickets sorted by the flagship in TypeScript",
            {"app.ts": TYPESCRIPT.format(model="anthropic.claude-opus-5-5")},
            ("app.ts:5",),
        ),
    ),
)
