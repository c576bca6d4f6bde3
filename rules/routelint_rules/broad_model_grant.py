"""# broad-model-grant

## What it does

Reports an IAM statement that lets its holder invoke every model (`*`, `foundation-model/*`, `inference-profile/*`, everything
but what `NotResource` or `NotAction` lists), or premium models in an environment whose `max_tier` is lower. Wildcards in
actions count (`bedrock:*`, `bedrock:Invoke*`, `*`); actions that only look at models do not. A foundation model held to
`bedrock:InferenceProfileArn` is not broad, since invoking through a profile takes both; nor is a statement held to a resource
tag, or one whose dear models a `Deny` beside it takes away. What test code writes down and no principal gets is a note.

## Why it costs

What a role may invoke is what somebody will invoke. A grant of every model makes the dearest one a change of one line, in
any environment, without anybody being asked.

## Example

    {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}

## Use instead

Name the models. Through a profile both are needed, and the foundation model can be held to the profile:

    {"Effect": "Allow", "Action": "bedrock:InvokeModel",
     "Resource": "arn:aws:bedrock:*:111122223333:inference-profile/us.amazon.nova-lite-v1:0"}
    {"Effect": "Allow", "Action": "bedrock:InvokeModel",
     "Resource": "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
     "Condition": {"StringLike": {"bedrock:InferenceProfileArn": "*:inference-profile/us.amazon.nova-lite-v1:0"}}}

## Policy keys

`environments.*.max_tier`, `tiers`, `justification.tiers`

## References

`docs/policy.md`, section Environments; the service authorization reference of Amazon Bedrock
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from routelint import cost, iam, testcode
from routelint.catalog import Model
from routelint.model import Effect, ModelReference, PolicyStatement, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

TERRAFORM = """\
data "aws_iam_policy_document" "invoke" {{
  statement {{
    actions   = ["{action}"]
    resources = ["{resource}"]
    {more}
  }}
}}
"""
TEMPLATE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: invoke
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: {action}
                Resource: "{resource}"
"""
PROFILE = """\
  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = ["arn:aws:bedrock:*:111122223333:inference-profile/us.amazon.nova-lite-v1:0"]
  }
  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = ["arn:aws:bedrock:*::foundation-model/*"]
    condition {
      test     = "StringLike"
      variable = "bedrock:InferenceProfileArn"
      values   = ["arn:aws:bedrock:*:111122223333:inference-profile/us.amazon.nova-lite-v1:0"]
    }
  }
"""
DENIED = """\
  statement {
    actions   = ["bedrock:*"]
    resources = ["*"]
  }
  statement {
    effect        = "Deny"
    actions       = ["bedrock:InvokeModel*"]
    not_resources = ["arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"]
  }
"""
DOCUMENT = 'data "aws_iam_policy_document" "invoke" {{\n{0}}}\n'


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per statement that lets every model be invoked, or models above what its environment allows."""
    peers = iam.Peers(context.statements)
    for statement in context.statements:
        if statement.effect is Effect.DENY:
            continue
        reach = iam.breadth(statement, peers.of(statement), context.catalog)
        if reach is None:
            continue
        place = Place(statement.location, statement.statement, statement.root)
        environments = _environments(statement, context)
        severity = Severity.NOTE if _is_fixture(statement) and not environments else None
        if reach.every and _has_dear(reach.models, context):
            yield place, Breach(_every(reach), None, environments, _notes(statement), _related(statement), severity=severity)
            continue
        for name in environments:
            limit = context.policy.max_tier(name)
            above = [model for model in reach.models if context.policy.above(cost.tier(model, context.policy), limit)]
            if above:
                yield (
                    place,
                    Breach(
                        f"the statement lets '{name}' invoke {iam.names(above)}, above its highest tier '{limit}'; "
                        "name the models that it needs there",
                        None,
                        (name,),
                        _notes(statement),
                        _related(statement),
                    ),
                )


def _is_fixture(statement: PolicyStatement) -> bool:
    """Whether test code writes a statement down that nobody gets: what it tests reads such statements."""
    return not statement.principals and testcode.is_test(statement.location.path)


def _every(reach: iam.Breadth) -> str:
    resources = ", ".join(f"'{each}'" for each in reach.resources[:3])
    way_out = "name the models, or hold them to profiles with the condition 'bedrock:InferenceProfileArn'"
    if "bedrock" not in reach.action.lower():
        # An administrator's statement: models are the least of it.
        way_out = "name the actions that it needs, or deny 'bedrock:InvokeModel*' beside it"
    return f"the statement lets its holder invoke every model: '{reach.action}' on {resources}; {way_out}"


def _has_dear(models: Iterable[Model], context: Context) -> bool:
    """Whether what a `Deny` leaves holds a model of a tier that must be justified; any where the policy names no such tier."""
    tiers = context.policy.justification.tiers
    return not tiers or any(cost.tier(model, context.policy) in tiers for model in models)


def _environments(statement: PolicyStatement, context: Context) -> tuple[str, ...]:
    """Where the statement holds: what its place says, else what its principals' tags say."""
    if statement.environments:
        return statement.environments
    own = [each.environments for each in context.principals if each.location in statement.principals]
    return tuple(dict.fromkeys(name for names in own for name in names))


def _notes(statement: PolicyStatement) -> tuple[str, ...]:
    keys = dict.fromkeys(each.key for each in statement.conditions if each.key)
    return tuple(f"the condition on '{key}' limits who asks or how, not which model" for key in keys)


def _related(statement: PolicyStatement) -> tuple[Related, ...]:
    return tuple(Related(each, f"'{each.symbol}' gets it") for each in statement.principals)


RULE = Rule(
    id="broad-model-grant",
    summary="A permission to invoke every model, or models above the environment's tier",
    severity=Severity.WARNING,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "every action on everything in a template",
            {"t.yaml": TEMPLATE.format(action="bedrock:*", resource="*")},
            ("t.yaml:11",),
        ),
        Example("looking at every model", {"t.yaml": TEMPLATE.format(action="bedrock:List*", resource="*")}),
        Example(
            "one model",
            {
                "t.yaml": TEMPLATE.format(
                    action="bedrock:InvokeModel", resource="arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"
                )
            },
        ),
        Example(
            "every foundation model",
            {
                "main.tf": TERRAFORM.format(
                    action="bedrock:Invoke*", resource="arn:aws:bedrock:us-east-1::foundation-model/*", more=""
                )
            },
            ("main.tf:4",),
        ),
        Example("a foundation model held to its profile", {"main.tf": DOCUMENT.format(PROFILE)}),
        Example("all but one model denied beside it", {"main.tf": DOCUMENT.format(DENIED)}),
        Example(
            "a premium model in dev",
            {
                "envs/dev/main.tf": TERRAFORM.format(
                    action="bedrock:InvokeModel", resource="arn:aws:bedrock:*::foundation-model/anthropic.*", more=""
                )
            },
            ("envs/dev/main.tf:4",),
        ),
        Example(
            "the same models in prod",
            {
                "envs/prod/main.tf": TERRAFORM.format(
                    action="bedrock:InvokeModel", resource="arn:aws:bedrock:*::foundation-model/anthropic.*", more=""
                )
            },
        ),
    ),
)
