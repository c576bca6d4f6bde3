"""Functions of encodings, digests, numbers, times and addresses that are the same wherever they are computed."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import ipaddress
import math
import uuid
from collections.abc import Callable
from datetime import datetime

from routelint.parse.terraform.functions.arguments import Function, as_text, as_whole, on_scalars
from routelint.parse.terraform.values import Failure
from routelint.possible import Content, Hole, Items, Record, known

MOST_ROWS = 1_024
# Names of namespaces in the module of UUIDs, which is loaded when one is asked for.
_NAMESPACES = {"dns": "NAMESPACE_DNS", "url": "NAMESPACE_URL", "oid": "NAMESPACE_OID", "x500": "NAMESPACE_X500"}


def _csvdecode(text: Content) -> Content:
    rows = list(csv.reader(io.StringIO(as_text(text)), strict=True))
    if not rows:
        return Failure("csvdecode takes a text with a line of names")
    names, *lines = rows
    records = [known(Record({name: known(cell) for name, cell in zip(names, line, strict=True)})) for line in lines if line]
    return Items(tuple(records[:MOST_ROWS]), Hole(f"more than {MOST_ROWS} lines") if len(records) > MOST_ROWS else None)


def _base64_digest(name: str) -> Callable[[Content], Content]:
    def digest(content: Content) -> Content:
        return base64.b64encode(hashlib.new(name, as_text(content).encode(), usedforsecurity=False).digest()).decode()

    return digest


def _encoded(text: Content, encoding: Content) -> Content:
    return base64.b64encode(as_text(text).encode(_codec(encoding))).decode()


def _decoded(text: Content, encoding: Content) -> Content:
    return base64.b64decode(as_text(text), validate=True).decode(_codec(encoding))


def _codec(encoding: Content) -> str:
    """A name of IANA as Python spells it.

    Raises:
        ValueError: it is none of those that keep text as text.
    """
    name = as_text(encoding).lower()
    if not name.startswith(("utf-", "iso-8859-", "us-ascii", "windows-")):
        raise ValueError(name)
    try:
        "".encode(name)
    except LookupError as error:
        raise ValueError(name) from error
    return name


def _uuid(namespace: Content, name: Content) -> Content:
    text = as_text(namespace)
    within: uuid.UUID = getattr(uuid, _NAMESPACES[text]) if text in _NAMESPACES else uuid.UUID(text)
    return str(uuid.uuid5(within, as_text(name)))


def _timecmp(one: Content, other: Content) -> Content:
    first, second = datetime.fromisoformat(as_text(one)), datetime.fromisoformat(as_text(other))
    return (first > second) - (first < second)


def _number(content: Content) -> float:
    return float(as_text(content))


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _log(number: Content, base: Content) -> Content:
    value, root = _number(number), _number(base)
    return _whole(round(math.log(value) / math.log(root), 12))


def _signum(number: Content) -> Content:
    value = as_whole(number)
    return (value > 0) - (value < 0)


def _cidrsubnet(prefix: Content, bits: Content, number: Content) -> Content:
    network = ipaddress.ip_network(as_text(prefix), strict=False)
    length = network.prefixlen + as_whole(bits)
    if not network.prefixlen <= length <= network.max_prefixlen:
        return Failure("the subnet does not fit the prefix")
    step, wanted = 1 << (network.max_prefixlen - length), as_whole(number)
    if not 0 <= wanted < 1 << as_whole(bits):
        return Failure("the subnet does not fit the prefix")
    return f"{network.network_address + wanted * step}/{length}"


def _cidrhost(prefix: Content, number: Content) -> Content:
    network = ipaddress.ip_network(as_text(prefix), strict=False)
    wanted = as_whole(number)
    return str(network[wanted])


def _cidrnetmask(prefix: Content) -> Content:
    return str(ipaddress.IPv4Network(as_text(prefix), strict=False).netmask)


FUNCTIONS: dict[str, Function] = {
    "csvdecode": on_scalars(_csvdecode, 1, 1),
    "textencodebase64": on_scalars(_encoded, 2, 2),
    "textdecodebase64": on_scalars(_decoded, 2, 2),
    "base64sha256": on_scalars(_base64_digest("sha256"), 1, 1),
    "base64sha512": on_scalars(_base64_digest("sha512"), 1, 1),
    "uuidv5": on_scalars(_uuid, 2, 2),
    "timecmp": on_scalars(_timecmp, 2, 2),
    "pow": on_scalars(lambda base, power: _whole(math.pow(_number(base), _number(power))), 2, 2),
    "log": on_scalars(_log, 2, 2),
    "signum": on_scalars(_signum, 1, 1),
    "cidrsubnet": on_scalars(_cidrsubnet, 3, 3),
    "cidrhost": on_scalars(_cidrhost, 2, 2),
    "cidrnetmask": on_scalars(_cidrnetmask, 1, 1),
}
