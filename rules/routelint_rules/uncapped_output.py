"""# uncapped-output

## What it does

Reports a call that generates text without a cap on its output tokens, where the API sets none of its own: the Converse calls of
the SDK. Arguments that cannot be told are not taken for missing.

## Why it costs

Output tokens cost three to six times input tokens. Without a cap an answer may run to the model's maximum, and a prompt that
goes wrong, or is made to go wrong, is paid to the end.

## Example

    client.converse(modelId=model, messages=messages)

## Use instead

    client.converse(modelId=model, messages=messages, inferenceConfig={"maxTokens": 512})

## Policy keys

`rules.uncapped-output`

## References

Amazon Bedrock API reference, `InferenceConfiguration`
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import LEFT_OUT, Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="amazon.nova-lite-v1:0", messages=[]{more})
"""
BUILT = """\
import boto3


def arguments(request):
    config = {}
    if request.limit is not None:
        config["maxTokens"] = request.limit
    return {"modelId": "amazon.nova-lite-v1:0", "messages": [], "inferenceConfig": config}


def answer(request):
    return boto3.client("bedrock-runtime").converse(**arguments(request))
"""
TYPESCRIPT = """\
import {{ BedrockRuntimeClient, ConverseCommand }} from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({{}});
await client.send(new ConverseCommand({{ modelId: "amazon.nova-lite-v1:0", messages: []{more} }}));
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per call that is known to set no cap."""
    if reference.kind in (Kind.INVOKE, Kind.AGENT) and reference.settings.get("max_output_tokens") == LEFT_OUT:
        caps = sorted(
            {
                model.max_output_tokens
                for each in reference.choices
                if (model := context.model(each)) and model.max_output_tokens
            }
        )
        most = f"; it may run to {caps[-1]:,} tokens" if caps else ""
        yield Breach(f"the call sets no cap on its output tokens{most}; set one", environments=reference.environments)


RULE = Rule(
    id="uncapped-output",
    summary="A call without a cap on its output",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("no cap", {"app.py": CALL.format(more="")}, ("app.py:4",)),
        Example("a cap", {"app.py": CALL.format(more=', inferenceConfig={"maxTokens": 300}')}),
        Example("a cap that cannot be told", {"app.py": CALL.format(more=", inferenceConfig=settings()")}),
        Example("arguments that cannot be told", {"app.py": CALL.format(more=", **options")}),
        Example(
            "arguments that a function builds by what a request holds",
            {"app.py": BUILT},
        ),
        Example("no cap in TypeScript", {"app.ts": TYPESCRIPT.format(more="")}, ("app.ts:4",)),
        Example("a cap in TypeScript", {"app.ts": TYPESCRIPT.format(more=", inferenceConfig: { maxTokens: 300 }")}),
    ),
)
