"""# unattributed-invocation

## What it does

Reports code or a resource that invokes a foundation model directly, with neither of AWS's two ways to tell whose cost it is:
an application inference profile that carries a tag, or a tag on the role that the code runs as (as a cost allocation tag).
Which ways count is said under `tags.attribution`. One finding for each role. Where who runs the code is not to be
seen, one finding for the repository, and none if any role or app in it that may invoke models carries a tag. An invocation by
an opaque name, such as a profile's ARN from elsewhere, is not reported. In a repository without any role or permission it is a
note: they are kept elsewhere. Test code, which runs as whoever starts it, is left out.

## Why it costs

On-demand spend on a foundation model arrives as one line of the account. Where several teams share the account, nobody can
say whose it is, so nobody is asked to lower it.

## Example

    Resources:
      Triage:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src

## Use instead

Tag the role, which SAM does with the function's tags, and activate the tag for cost allocation:

    Resources:
      Triage:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src
          Tags: {team: support, project: triage}

or create an application inference profile with tags and invoke its ARN.

## Policy keys

`tags.attribution`, `tags.required`

## References

`docs/policy.md`, section Tags; the cost management guide of Amazon Bedrock
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.attribution import APP, PROGRAMS, Reach, Standing, Surroundings, places
from routelint.model import ModelReference, Principal, Related, Resource, Severity
from routelint.policy import Attribution
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint.testcode import is_test

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="amazon.nova-lite-v1:0", messages=[])
"""
FUNCTION = """\
Resources:
  Triage:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Policies: [AmazonBedrockFullAccess]
{tags}
"""
AGENT = """\
resource "aws_bedrock_inference_profile" "support" {{
  name = "support"
  model_source {{
    copy_from = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
  }}
  tags = {{ {profile} }}
}}

resource "aws_iam_role" "agent" {{
  name = "agent"
  tags = {{ {role} }}
}}

resource "aws_bedrockagent_agent" "support" {{
  agent_resource_role_arn = aws_iam_role.agent.arn
  foundation_model        = {model}
}}
"""
ROLE = """\
resource "aws_iam_role" "task" {
  tags = { team = "search" }
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" }] })
  }
}
"""
MODEL, PROFILE = '"amazon.nova-lite-v1:0"', "aws_bedrock_inference_profile.support.arn"
PROFILES_ONLY = "version: 1\ntags:\n  attribution: [inference-profile]\n"
MOST_RELATED = 6


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per file and identity whose invocations nothing attributes."""
    policy = context.policy
    if not policy.attribution:
        return
    around = Surroundings(policy, context.resources, context.principals, context.statements)
    groups: dict[object, list[ModelReference]] = {}
    standings: dict[object, Standing] = {}
    roles_count = Attribution.IAM_PRINCIPAL in policy.attribution
    for reference in context.references:
        if not around.direct(reference) or (is_test(reference.location.path) and not reference.environments):
            # A test runs as whoever starts it.
            continue
        standing = around.standing(reference) if roles_count else Standing(Reach.NOT_FOUND)
        if standing.reach is Reach.TAGGED or (roles_count and not _is_told(reference, standing)):
            continue
        # A role is mended once for all that runs as it; where roles do not count, each file by itself.
        key = places(standing.principals) or None if roles_count else (reference.location.path, reference.root)
        groups.setdefault(key, []).append(reference)
        standings[key] = standing
    for group, found in groups.items():
        standing = standings[group]
        several = sorted(found, key=_is_beside)
        models = dict.fromkeys(choice.model.id for each in several for choice in around.direct(each))
        roles = [Related(each.location, f"{_named(each)} has no such tag") for each in standing.principals]
        beside = [Related(each.location, "invokes a model directly too") for each in several[1:]]
        yield (
            several[0],
            Breach(
                _message(standing, policy.attribution),
                None,
                () if group is None else tuple(dict.fromkeys(name for each in several for name in each.environments)),
                (f"invoked directly: {', '.join(list(models)[:MOST_RELATED])}",),
                (*roles, *beside[:MOST_RELATED]),
                # Without a role in sight this may be settled where the code is deployed.
                severity=None if context.principals or context.statements or not roles_count else Severity.NOTE,
            ),
        )


def _is_told(reference: ModelReference, standing: Standing) -> bool:
    """Whether something is known to be invoked: by a call, or by a resource whose role is told; naming a model is not."""
    return standing.reach is Reach.UNTAGGED or reference.language in PROGRAMS


def _is_beside(reference: ModelReference) -> bool:
    """Whether a route is no good example of a repository's calls: in a test, or in a language that is read by its words."""
    return is_test(reference.location.path) or reference.language != "python"


def _message(standing: Standing, ways: tuple[Attribution, ...]) -> str:
    """What is missing, and the ways out that the policy takes."""
    profile = "invoke a tagged application inference profile"
    if Attribution.IAM_PRINCIPAL not in ways:
        return f"a foundation model is invoked directly, so that its cost belongs to nobody; {profile}"
    names = ", ".join(dict.fromkeys(_named(each) for each in standing.principals))
    who = f"{names}, which it runs as, has no" if names else "no role of the repository that may invoke models has a"
    either = f"{profile} or tag the role" if Attribution.INFERENCE_PROFILE in ways else "tag the role"
    return f"a foundation model is invoked directly, and {who} tag that tells whose cost it is; {either}"


def _named(principal: Principal) -> str:
    if principal.type == APP:
        return f"the app of '{principal.location.path}'"
    return f"'{principal.location.symbol}'"


RULE = Rule(
    id="unattributed-invocation",
    summary="An invocation whose cost no tag attributes",
    severity=Severity.WARNING,
    category=Category.ATTRIBUTION,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a function whose role has no tags",
            {"src/app.py": CALL, "template.yaml": FUNCTION.format(tags="")},
            ("src/app.py:4",),
        ),
        Example(
            "a function with tags",
            {"src/app.py": CALL, "template.yaml": FUNCTION.format(tags="      Tags: {team: support}")},
        ),
        Example(
            "a tag that the policy does not ask for",
            {"src/app.py": CALL, "template.yaml": FUNCTION.format(tags="      Tags: {Name: triage}")},
            ("src/app.py:4",),
        ),
        Example("programs alone", {"app.py": CALL, "chat.py": CALL}, ("app.py:4",)),
        Example(
            "a program beside a tagged role that may invoke models",
            {"app.py": CALL, "main.tf": ROLE},
        ),
        Example("a program alone, where profiles alone count", {"app.py": CALL}, ("app.py:4",), policy=PROFILES_ONLY),
        Example(
            "an agent without tags on its role",
            {"main.tf": AGENT.format(profile="", role="", model=MODEL)},
            ("main.tf:16",),
        ),
        Example("an agent with tags on its role", {"main.tf": AGENT.format(profile="", role='team = "x"', model=MODEL)}),
        Example("an agent on a tagged profile", {"main.tf": AGENT.format(profile='team = "x"', role="", model=PROFILE)}),
        Example(
            "an agent on a profile without tags",
            {"main.tf": AGENT.format(profile="", role="", model=PROFILE)},
            ("main.tf:16",),
        ),
    ),
)
