"""What rules call the thing they speak of, and the way out they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from routelint.rule import Rule
from routelint_rules import missing_required_tag, model_above_environment_tier, unknown_model
from scans import scan, write_tree

PROMPT = """\
from aws_cdk import aws_bedrock as bedrock

bedrock.CfnPrompt(stack, "A", name="a", variants=[{"name": "a", "templateType": "TEXT", "modelId": "amazon.nova-lite-v1:0"}])
"""
CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="MODEL", messages=[])\n'
STATEMENT = """\
from aws_cdk import aws_iam as iam

role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=["MODEL"]))
"""
PROFILE_IN_ARN = "arn:aws:bedrock:us-east-1::foundation-model/us.amazon.nova-lite-v1:0"


def test_a_limit_that_holds_for_want_of_an_environment_says_so(tmp_path: Path) -> None:
    policy = "version: 1\nenvironments: {default: {max_tier: standard}}\n"
    files = {"app.py": CALL.replace("MODEL", "anthropic.claude-opus-5-5")}
    (found,) = scan(write_tree(tmp_path, files), policy, [model_above_environment_tier.RULE]).findings
    assert found.message.startswith(
        "'anthropic.claude-opus-5-5' is a premium model but 'default', which judges routes of no known environment, "
        "allows at most standard; use"
    )


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        pytest.param(
            unknown_model.RULE,
            CALL.replace("MODEL", PROFILE_IN_ARN),
            f"'{PROFILE_IN_ARN}' is malformed: an inference profile id in a foundation-model ARN; "
            "write 'us.amazon.nova-lite-v1:0'",
            id="a malformed identifier of a known model",
        ),
        pytest.param(
            unknown_model.RULE,
            STATEMENT.replace("MODEL", PROFILE_IN_ARN),
            f"'{PROFILE_IN_ARN}' is malformed: an inference profile id in a foundation-model ARN; "
            "name the ARN of the inference profile",
            id="a malformed identifier in a permission",
        ),
        pytest.param(
            missing_required_tag.RULE,
            PROMPT,
            "aws_cdk.aws_bedrock.CfnPrompt lacks the required tags",
            id="a construct of the CDK",
        ),
    ],
)
def test_a_message_names_the_thing_and_the_way_out(rule: Rule, text: str, said: str, tmp_path: Path) -> None:
    (found,) = scan(write_tree(tmp_path, {"app.py": text}), None, [rule]).findings
    assert found.message.startswith(said)
