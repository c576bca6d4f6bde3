"""Who acts in a configuration: roles, users and groups, the policies they get, and what runs as them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence, Location, Principal, Tags, Unknown
from routelint.parse.stated import texts
from routelint.parse.terraform import code, tagging
from routelint.parse.terraform.module import Folder, Instance, Scope
from routelint.parse.terraform.nodes import Attribute, Block, Place

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

LANGUAGE = "terraform"
IDENTITIES = frozenset(("aws_iam_role", "aws_iam_user", "aws_iam_group"))
# Who gets a policy is said under one of these.
_HOLDER_ATTRIBUTES = ("role", "roles", "user", "users", "group", "groups")
# What a resource acts as is said under one of these.
_ROLE_ATTRIBUTES = (
    "role",
    "role_arn",
    "execution_role",
    "execution_role_arn",
    "task_role_arn",
    "agent_resource_role_arn",
    "service_role_arn",
)
# What only limits what other policies allow.
_CEILINGS = frozenset(("aws_organizations_policy", "aws_vpc_endpoint", "aws_vpc_endpoint_policy"))
_ADDRESS = lazy_regex(r"(?:data\.)?(aws_iam_[a-z_]+)\.([A-Za-z_][\w-]*)")
_OUTSIDE = Unknown("the role is made elsewhere")
# Policies and attachments that one document is followed through.
MOST_USERS = 50


def text(place: Place) -> str:
    """What is written at a place."""
    data: bytes = getattr(place.file, "data", b"")
    return data[place.start : place.end].decode("utf-8", "replace")


def _addresses(attribute: Attribute | None) -> list[str]:
    """The IAM resources that an attribute refers to, as `type.name`, `data.` before data sources."""
    return [match[0] for match in _ADDRESS.finditer(text(attribute.place))] if attribute is not None else []


def _address(block: Block) -> str:
    return ("data." if block.type == "data" else "") + ".".join(block.labels[:2])


def location(block: Block) -> Location:
    """The place of a resource, named by its address."""
    return block.header.location(block.address or _address(block))


def holders(folder: Folder, block: Block) -> tuple[Location, ...]:
    """The identities of a folder that get the policy in a block, straight or through documents and attachments."""
    found: dict[Location, None] = {}
    seen: set[int] = set()
    pending = [block]
    while pending and len(seen) < MOST_USERS:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.labels[0] in IDENTITIES:
            found[location(current)] = None
            continue
        for name in _HOLDER_ATTRIBUTES:
            for address in _addresses(current.body.attributes.get(name)):
                kind, _, label = address.partition(".")
                holder = folder.resources.get(("resource", kind, label))
                if holder is not None and kind in IDENTITIES:
                    found[location(holder)] = None
        pending.extend(user for user, _ in _users(folder, current))
    return tuple(found)


def _users(folder: Folder, block: Block) -> list[tuple[Block, str]]:
    """The resources that refer to a policy or document, and under which attribute."""
    if folder.policy_users is None:
        folder.policy_users = _index(folder)
    return [(user, name) for user, name in folder.policy_users.get(_address(block), ()) if user is not block]


def _index(folder: Folder) -> dict[str, list[tuple[Block, str]]]:
    """Address of an IAM resource -> the resources of a folder that refer to it; read once, for documents name one another."""
    found: dict[str, list[tuple[Block, str]]] = {}
    for block in folder.managed:
        if not _mentions(block.place, "aws_iam_"):
            continue
        named = [(name, each) for name, attribute in block.body.attributes.items() for each in _addresses(attribute)]
        inner = (match[0] for each in block.body.blocks for match in _ADDRESS.finditer(text(each.place)))
        named.extend(("inline_policy", each) for each in inner)
        for name, address in dict.fromkeys(named):
            found.setdefault(address, []).append((block, name))
    return found


def is_ceiling(folder: Folder, block: Block) -> bool:
    """Whether a policy only limits what others allow: of an organization, of an endpoint, or as a permissions boundary."""
    if block.labels[0] in _CEILINGS:
        return True
    users = _users(folder, block)
    return bool(users) and all(user.labels[0] in _CEILINGS or name == "permissions_boundary" for user, name in users)


def _mentions(place: Place, wanted: str) -> bool:
    """Whether a place holds a text; most do not, and decoding each would cost more than the search."""
    data: bytes = getattr(place.file, "data", b"")
    return data.find(wanted.encode(), place.start, place.end) >= 0


@dataclass(frozen=True, eq=False)
class _Acting:
    """A resource that acts as a role: the role as its expression shows it, and the code that the resource runs."""

    block: Block
    instance: Instance
    roles: tuple[str, ...]
    code: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, eq=False)
class _Identity:
    """An identity as one instance declares it."""

    block: Block
    instance: Instance
    tags: Tags
    evidence: tuple[Evidence, ...]


@dataclass(eq=False)
class Identities:
    """Gathers the identities of one walk over a root, and what acts as them."""

    found: list[_Identity] = field(default_factory=list)
    acting: list[_Acting] = field(default_factory=list)
    outside: list[Principal] = field(default_factory=list)

    def see(self, evaluator: Evaluator, block: Block, scope: Scope, evidence: tuple[Evidence, ...]) -> None:
        """Takes note of a resource, in one of its scopes."""
        if block.type == "data":
            return
        kind = block.labels[0]
        if kind in IDENTITIES:
            tags = tagging.of_resource(evaluator, block, scope, "map")
            self.found.append(_Identity(block, scope.instance, tags, evidence))
            return
        attributes = block.body.attributes
        name = next((each for each in reversed(_ROLE_ATTRIBUTES) if each in attributes), None)
        if name is None or kind.startswith("aws_iam_"):
            return
        roles = tuple(each for each in texts(evaluator.evaluate(attributes[name].expression, scope)) if isinstance(each, str))
        paths = code.paths(evaluator, block, scope)
        self.acting.append(_Acting(block, scope.instance, roles, paths, evidence))

    def call(self, evaluator: Evaluator, block: Block, scope: Scope, evidence: tuple[Evidence, ...]) -> None:
        """Takes note of a module that is not in the scan and may make roles for the code it is given."""
        paths = code.paths(evaluator, block, scope)
        if paths:
            tags = replace(tagging.of_resource(evaluator, block, scope, "map"), rest=Unknown("the module is not in the scan"))
            where = block.header.location(f"module.{block.labels[0]}")
            self.outside.append(
                Principal(where, LANGUAGE, "module", block.place.span, scope.instance.root, tags, paths, (), evidence)
            )

    def principals(self, root: str) -> list[Principal]:
        """Every identity with the code and resources that act as it, and each resource whose role is made elsewhere."""
        acting: dict[Location, list[_Acting]] = {}
        made = list(self.outside)
        for each in self.acting:
            roles = [role for shown in each.roles for role in self._named(shown, each.instance)]
            if not roles:
                where = location(each.block)
                made.append(
                    Principal(
                        where,
                        LANGUAGE,
                        each.block.labels[0],
                        each.block.place.span,
                        root,
                        Tags(rest=_OUTSIDE),
                        each.code,
                        (where,),
                        each.evidence,
                    )
                )
            for role in roles:
                acting.setdefault(location(role.block), []).append(each)
        several: dict[Location, list[_Identity]] = {}
        for identity in self.found:
            several.setdefault(location(identity.block), []).append(identity)
        for where, same in several.items():
            users = acting.get(where, [])
            made.append(
                Principal(
                    where,
                    LANGUAGE,
                    same[0].block.labels[0],
                    same[0].block.place.span,
                    root,
                    tagging.together([each.tags for each in same]),
                    tuple(dict.fromkeys(path for user in users for path in user.code)),
                    tuple(dict.fromkeys(location(user.block) for user in users)),
                    tuple(dict.fromkeys(proof for each in same for proof in each.evidence)),
                )
            )
        return made

    def _named(self, shown: str, instance: Instance) -> list[_Identity]:
        """What `${aws_iam_role.x.arn}` means, seen from an instance: its own, its callers', else any of the name."""
        addresses = {match[0] for match in _ADDRESS.finditer(shown)}
        named = [each for each in self.found if _address(each.block) in addresses]
        current: Instance | None = instance
        while current is not None:
            own = [each for each in named if each.instance is current]
            if own:
                return own
            current = current.parent
        return named


def over_configurations(found: Iterable[Iterable[Principal]]) -> tuple[Principal, ...]:
    """Each identity of a root once: with the tags that every configuration agrees on, and all the code that runs as it."""
    several: dict[Location, list[Principal]] = {}
    for principals in found:
        for each in principals:
            several.setdefault(each.location, []).append(each)
    return tuple(
        replace(
            same[0],
            tags=tagging.together([each.tags for each in same if each.tags is not None] or [Tags()]),
            code=tuple(dict.fromkeys(path for each in same for path in each.code)),
            acts_for=tuple(dict.fromkeys(place for each in same for place in each.acts_for)),
        )
        for same in several.values()
    )
