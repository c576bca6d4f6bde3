"""# unprotected-policy

## What it does

Reports a file of the policy that somebody may change without those who must agree to it: the line of CODEOWNERS that decides
about the file names nobody of a role of `justification.roles`, or names somebody of no role, who could then approve alone,
because GitHub asks one of a line's owners. CODEOWNERS is read as GitHub reads it: `.github/`, the root, then `docs/`; the last
line that matches decides; a line without owners takes ownership away; case counts. Lines that GitHub skips are reported
too, and a file of 3 MB or more, which it does not read.

A role's people are its `code_owners`, else those of its `approvers` that are written as in CODEOWNERS: `@user`,
`@organisation/team` or an e-mail address. Nothing is said where the policy has no roles.

GitHub enforces owners only where the branch is protected with "Require review from Code Owners", and it cannot ask for two
owners of one file: the approvals in the policy itself are what shows that both roles agreed.

## Why it costs

Whoever can change the policy can raise a tier, add a justification or end a rule. If that takes nobody's approval, neither does
the money.

## Example

    * @acme/developers

## Use instead

    * @acme/developers
    /routelint.yaml @acme/product-owners @acme/finops

## Policy keys

`justification.roles` (`approvers`, `code_owners`)

## References

<https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routelint.codeowners import CodeOwners, is_owner
from routelint.model import Location, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

MOST_SKIPPED = 20

POLICY = """\
version: 1
justification:
  roles:
    product: {approvers: ["@acme/product"]}
    finance: {approvers: [finops@acme.example], code_owners: ["@acme/finops"]}
"""
FILES = {
    "app.py": "import boto3\n",
    "main.tf": 'resource "aws_bedrock_guardrail" "g" {\n}\n',
}
BOTH = "/routelint.yaml @acme/product @acme/finops\n"


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per file and role that CODEOWNERS leaves out, and per line of it that GitHub skips."""
    policy, owners = context.policy, context.code_owners
    roles = {role.name: role.code_owners or tuple(filter(is_owner, role.approvers)) for role in policy.justification.roles}
    if policy.path is None or not roles:
        return
    terms = policy.justification.location or Location(policy.path)
    if owners is None or owners.fault is not None:
        why = "there is no CODEOWNERS file" if owners is None else f"GitHub does not read CODEOWNERS: {owners.fault}"
        place = terms if owners is None else owners.location
        yield Place.at(place), Breach(f"anybody may change the policy: {why}; name {_people(roles)} as owners of it")
        return
    for skipped in owners.skipped[:MOST_SKIPPED]:
        yield Place.at(skipped.location), Breach(f"GitHub skips this line of CODEOWNERS: {skipped.reason}")
    for file in policy.files:
        if owners.in_repository(file) is not None:
            yield from _file(file, owners, roles, terms)


def _file(file: str, owners: CodeOwners, roles: Mapping[str, Sequence[str]], terms: Location) -> Iterator[tuple[Place, Breach]]:
    line = owners.deciding(file)
    named = () if line is None else line.owners
    folded = {owner.casefold() for owner in named}
    place = Place.at(terms if line is None else line.location)
    related = () if line is None else (Related(terms, "the roles are declared here"),)
    shown = owners.in_repository(file)
    agreed = {person.casefold() for people in roles.values() for person in people}
    missing = False
    for role, people in roles.items():
        if folded.isdisjoint(person.casefold() for person in people):
            missing = True
            fact = f"its owners are {_quoted(named)}" if named else "it has no owner"
            key = f"justification.roles.{role}.code_owners"
            way_out = f"add {_quoted(people, ' or ')}" if people else f"say who they are in {key}"
            if people and any(owner.casefold() not in agreed for owner in named):
                way_out += f", or list in {key} who speaks for it"
            yield (
                place,
                Breach(
                    f"a change of '{shown}' needs nobody of role '{role}': by CODEOWNERS {fact}; {way_out}", related=related
                ),
            )
    others = [owner for owner in named if owner.casefold() not in agreed]
    if others and not missing:
        fact = f"{_quoted(others, ' or ')} alone may approve a change of '{shown}'"
        yield place, Breach(f"{fact}: CODEOWNERS names them and no role does; leave only people of roles", related=related)


def _people(roles: Mapping[str, Sequence[str]]) -> str:
    return _quoted(list(dict.fromkeys(person for people in roles.values() for person in people))) or "the roles' people"


def _quoted(names: Sequence[str], joint: str = ", ") -> str:
    return joint.join(f"'{name}'" for name in names)


RULE = Rule(
    id="unprotected-policy",
    summary="A policy that changes without its owners",
    severity=Severity.WARNING,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("both roles own it", {**FILES, ".github/CODEOWNERS": BOTH}, policy=POLICY),
        Example(
            "one role is missing",
            {**FILES, "CODEOWNERS": "* @acme/product\n"},
            ("CODEOWNERS:1",),
            policy=POLICY,
        ),
        Example(
            "a later line takes it away",
            {**FILES, ".github/CODEOWNERS": f"{BOTH}*.yaml\n"},
            (".github/CODEOWNERS:2",),
            policy=POLICY,
        ),
        Example("no CODEOWNERS", FILES, ("routelint.yaml:2",), policy=POLICY),
        Example(
            "the first file there is counts",
            {".github/CODEOWNERS": "", "CODEOWNERS": BOTH},
            ("routelint.yaml:2",),
            policy=POLICY,
        ),
        Example(
            "somebody else may approve alone",
            {"docs/CODEOWNERS": "*.yaml @Acme/Product @acme/FinOps @acme/developers\n"},
            ("docs/CODEOWNERS:1",),
            policy=POLICY,
        ),
        Example("a line that GitHub skips", {"CODEOWNERS": f"{BOTH}!docs/ @acme/product\n"}, ("CODEOWNERS:2",), policy=POLICY),
        Example("no roles", FILES, policy="version: 1\n"),
    ),
)
