"""IAM of templates: whole policy statements, who gets them, and the code that runs as whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import field

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence, Location, PolicyStatement, Principal, Tags, Unknown
from routelint.parse import statements
from routelint.parse.cloudformation import cases, tagging
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.nodes import Mapping, Node, Sequence, names, span, text_at
from routelint.parse.cloudformation.stack import Stack, place, statement
from routelint.parse.cloudformation.template import Declared
from routelint.parse.cloudformation.walk import everything
from routelint.parse.statements import Draft
from routelint.possible import Record

LANGUAGE = "cloudformation"
_IDENTITIES = frozenset(("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"))
# Policies that hand themselves to identities under these properties.
_HOLDERS = ("Roles", "Users", "Groups")
# SAM makes a role of its own for these where they name none, with the tags of the function.
_ROLE_MAKERS = frozenset(("AWS::Serverless::Function", "AWS::Serverless::StateMachine"))
# What limits what others allow, and grants nothing itself.
_CEILINGS = frozenset(("AWS::Organizations::Policy", "AWS::EC2::VPCEndpoint"))
_ROLE_PROPERTY = lazy_regex(r"[A-Za-z]*Role(?:Arn)?")
_OUTSIDE = Unknown("the role is made elsewhere")
_MANAGED_LISTS = ("ManagedPolicyArns", "Policies")
MOST_STATEMENTS = 500


@dataclass(eq=False)
class _Case:
    """What a statement says, and the environments of the scenarios in which it says so."""

    draft: Draft
    environments: dict[str, None] = field(default_factory=dict)
    unnamed: bool = False
    held: int = 0


def of(stack: Stack, declared: Declared) -> Iterator[PolicyStatement]:
    """The statements of a resource that speak of Bedrock, once for each thing they may say."""
    if declared.properties is None or declared.type in _CEILINGS:
        return
    evaluators = cases.live(stack.evaluators, declared)
    found: dict[int, Mapping] = {}
    for evaluator in evaluators:
        for leaf in everything(declared.properties, evaluator):
            if isinstance(leaf.node, Mapping) and _is_statement(leaf.node) and len(found) < MOST_STATEMENTS:
                found.setdefault(id(leaf.node), leaf.node)
    holders = tuple(_holders(stack, declared))
    for node in filter(_may_speak_of_bedrock, found.values()):
        for case in _cases(node, evaluators):
            if case.draft.speaks_of_bedrock:
                resources = node.get("Resource") or node.get("NotResource") or node
                yield _made(stack, declared, case, resources, node, holders, len(evaluators))
    yield from _managed(stack, declared, evaluators, holders)


def _is_statement(node: Mapping) -> bool:
    return "Effect" in node.entries and ("Action" in node.entries or "NotAction" in node.entries)


def _may_speak_of_bedrock(node: Mapping) -> bool:
    """Whether a statement may speak of Bedrock, told without evaluating it: most write out actions of other services."""
    for key, value in node.items():
        if statements.element(key) == "not_actions":
            return True
        if statements.element(key) == "actions":
            for each in value.items if isinstance(value, Sequence) and value.tag is None else (value,):
                action = text_at(each)
                if action is None or "{" in action or statements.may_be_bedrock(action):
                    return True
    return False


def _cases(node: Mapping, evaluators: SequenceOf[Evaluator]) -> list[_Case]:
    found: dict[str, _Case] = {}
    for evaluator in evaluators:
        for each in evaluator.evaluate(node):
            if isinstance(each.content, Record):
                draft = statements.read(each.content.entries)
                case = found.setdefault(repr(draft), _Case(draft))
                case.held += 1
                case.environments.update(dict.fromkeys(evaluator.scenario.environments))
                case.unnamed = case.unnamed or not evaluator.scenario.environments
    return list(found.values())


def _made(
    stack: Stack,
    declared: Declared,
    case: _Case,
    where: Node,
    whole: Node,
    holders: tuple[Location, ...],
    total: int,
) -> PolicyStatement:
    draft = case.draft
    sid = text_at(whole.get("Sid")) if isinstance(whole, Mapping) else None
    symbol = f"{declared.symbol}/Statement" + (f"[{sid}]" if sid else "")
    said = stack.evidence(cases.live(stack.evaluators, declared))
    if not case.unnamed and case.held < total:
        said = tuple(Evidence(name, "a parameter of the template", place(where, "")) for name in case.environments)
    return PolicyStatement(
        place(where, symbol),
        LANGUAGE,
        span(whole),
        draft.effect,
        place(declared.key, declared.symbol),
        draft.actions,
        draft.not_actions,
        draft.resources,
        draft.not_resources,
        draft.conditions,
        holders,
        stack.root,
        said,
    )


def _managed(
    stack: Stack, declared: Declared, evaluators: SequenceOf[Evaluator], holders: tuple[Location, ...]
) -> Iterator[PolicyStatement]:
    """Policies of AWS that an identity or function is given by name."""
    if declared.type not in _IDENTITIES | _ROLE_MAKERS or not isinstance(declared.properties, Mapping):
        return
    for name in _MANAGED_LISTS:
        listed = declared.properties.get(name)
        for node in listed.items if isinstance(listed, Sequence) else () if listed is None else (listed,):
            possible = stack.evaluate(node, evaluators)
            draft = next((d for each in possible if (d := statements.managed(str(each.content))) is not None), None)
            if draft is not None:
                case = _Case(draft, unnamed=True)
                yield _made(stack, declared, case, node, node, holders, len(evaluators))


def _holders(stack: Stack, declared: Declared) -> Iterator[Location]:
    """The places of the identities that a resource's statements are for."""
    if declared.type in _IDENTITIES or (declared.type in _ROLE_MAKERS and _roles(stack, declared) is None):
        yield place(declared.key, declared.symbol)
    if not isinstance(declared.properties, Mapping):
        return
    for name in _HOLDERS:
        node = declared.properties.get(name)
        if node is not None:
            for other in _named(stack, node):
                yield place(other.key, other.symbol)
    if declared.type == "AWS::IAM::ManagedPolicy":
        for other in stack.resources.values():
            attached = other.properties.get("ManagedPolicyArns") if isinstance(other.properties, Mapping) else None
            if other.type in _IDENTITIES and attached is not None and declared.name in names(attached):
                yield place(other.key, other.symbol)


def _named(stack: Stack, node: Node) -> list[Declared]:
    return [stack.resources[name] for name in dict.fromkeys(names(node)) if name in stack.resources]


def _roles(stack: Stack, declared: Declared) -> list[Declared] | None:
    """The roles of the template that a resource acts as; None where it names none, empty where they are made elsewhere."""
    if not isinstance(declared.properties, Mapping) or declared.type in _IDENTITIES or declared.type.startswith("AWS::IAM::"):
        return None
    named = [name for name in declared.properties.entries if _ROLE_PROPERTY.fullmatch(name)]
    # A container is started by one role and runs as another.
    named = ["TaskRoleArn"] if "TaskRoleArn" in named else named
    if not named:
        return None
    found = [each for name in named for each in _named(stack, declared.properties.entries[name].value)]
    return [each for each in found if each.type in _IDENTITIES]


def principals(stack: Stack, code_of: Callable[[Declared], tuple[str, ...]]) -> Iterator[Principal]:
    """The identities of a stack with what runs as them; a function whose role is not in the template stands for it."""
    acting: dict[str, list[Declared]] = {}
    for declared in stack.resources.values():
        roles = _roles(stack, declared)
        for role in roles or ():
            acting.setdefault(role.name, []).append(declared)
        if roles == []:
            yield _principal(stack, declared, [declared], Tags(rest=_OUTSIDE), code_of)
        elif roles is None and declared.type in _ROLE_MAKERS:
            yield _principal(stack, declared, [declared], tagging.tags(stack, declared), code_of)
    for declared in stack.resources.values():
        if declared.type in _IDENTITIES:
            yield _principal(stack, declared, acting.get(declared.name, []), tagging.tags(stack, declared), code_of)


def _principal(
    stack: Stack,
    declared: Declared,
    acting: SequenceOf[Declared],
    tags: Tags | None,
    code_of: Callable[[Declared], tuple[str, ...]],
) -> Principal:
    code = tuple(dict.fromkeys(path for each in acting for path in code_of(each)))
    return Principal(
        place(declared.key, declared.symbol),
        LANGUAGE,
        declared.type,
        statement(declared),
        stack.root,
        tags,
        code,
        tuple(place(each.key, each.symbol) for each in acting),
        stack.evidence(cases.live(stack.base, declared)),
    )
