"""Mutations of bytes: what editors, merges, disks and attackers do to a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

# An input longer than this finds nothing that a shorter one does not, only slower.
LONGEST = 24_000
_TOKEN = re.compile(rb"[A-Za-z_][\w.:-]*|\d+|\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'|[^\w\s]")

OPENERS = (
    *(b"(", b"[", b"{", b"((", b"[[", b"{{", b'"${', b"${", b"$(", b"%{ if ", b"<", b"!", b"-", b"not ", b"~", b"*", b"**"),
    *(
        b"[{",
        b'{"a":',
        b"- ",
        b"? ",
        b"!Sub ",
        b"!If [a, ",
        b"&a [",
        b"lambda: ",
        b"f(",
        b"a.",
        b"a[",
        b"f'{",
        b"if a:\n ",
        b"a => ",
    ),
    *(
        b"#{",
        b"`${",
        b"/*",
        b"<!--",
        b"a ? ",
        b"a + ",
        b"\\",
        b"'",
        b'"',
        b'"""',
        b"[for x in ",
        b"{for k, v in ",
        b"x = ",
        b"@",
    ),
    *(
        b"<<EOT\n",
        b"await ",
        b"new A(",
        b"try:\n ",
        b"a and ",
        b"a if ",
        b"Fn::If:\n ",
        b"\t",
        b"  ",
        b"a:\n ",
        b"::",
        b"..",
        b"/..",
    ),
)
NUMBERS = (
    *(
        b"0",
        b"-1",
        b"1e999",
        b"-1e999",
        b"1e-999",
        b"NaN",
        b".inf",
        b"-.inf",
        b"9" * 20,
        b"9" * 400,
        b"9" * 5000,
        b"0x" + b"f" * 40,
    ),
    *(
        b"1_000",
        b"0o7",
        b"0b1",
        b"1.",
        b".5",
        b"2147483648",
        b"18446744073709551616",
        b"1e5",
        b"100000",
        b"99999999",
        b"-9223372036854775809",
    ),
    *(b"12:30:45", b"0777", b"2026-02-30", b"9999-12-31", b"0000-01-01", b"1" + b"0" * 4300),
)
ODD = (
    *("\x00", "\x07", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\u202e", "\u200b", "\u0000"),
    *(
        "\u00e9",
        "e\u0301",
        "\U0001f600",
        "\U0010ffff",
        "\ufffe",
        "\u0130",
        "\u0131",
        "\u00df",
        "\ufb01",
        "\u0661",
        "\u2460",
        "\u00b2",
        "\uff11",
    ),
    *(
        "\r",
        "\r\n",
        "\n\r",
        "\t",
        "\u3000",
        "\u00a0",
        "\ud800",
        "\udfff",
        "\udce9",
        "\udc80",
        "\\ud800",
        "\\udfff\\ud800",
        "\\u0000",
        "\\x00",
        "\\N{DIGIT ONE}",
    ),
    *(
        "\\",
        "\\\n",
        "%",
        "%s",
        "{}",
        "{0}",
        "$",
        "${",
        "}",
        "\u01c5",
        "\U000e0041",
        "\u0345",
        "\u1e9e",
        "::error::x",
        "#==> a <==#",
    ),
)
_ODD = tuple(each.encode("utf-8", "surrogatepass") for each in ODD)

Mutation = Callable[[Random, bytes, "Material"], bytes]


class Material:
    """What mutations may put in: words of the target's language, and other inputs of it; and how long an input may grow."""

    def __init__(self, words: Sequence[bytes], others: Sequence[bytes], longest: int = LONGEST) -> None:
        self.words = words or (b"a",)
        self.others = others
        self.longest = longest


def mutate(random: Random, data: bytes, material: Material) -> bytes:
    """One to five mutations of `data`, one more often than five; what is longer than it may grow stays as long as it is."""
    longest = max(len(data), material.longest)
    for _ in range(min(random.randint(1, 5), random.randint(1, 5))):
        data = random.choice(MUTATIONS)(random, data, material)[:longest]
    return data


def _place(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def _chunk(random: Random, data: bytes, longest: int = 400) -> tuple[int, int]:
    start = _place(random, data)
    return start, min(len(data), start + random.randint(1, random.choice((2, 8, 40, longest))))


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def cut_short(random: Random, data: bytes, _: Material) -> bytes:
    """The end is missing."""
    return data[: _place(random, data)]


def cut_out(random: Random, data: bytes, _: Material) -> bytes:
    """A piece is missing."""
    start, end = _chunk(random, data)
    return data[:start] + data[end:]


def double(random: Random, data: bytes, _: Material) -> bytes:
    """A piece stands twice, side by side or apart."""
    start, end = _chunk(random, data)
    at = end if random.random() < 0.5 else _place(random, data)
    return data[:at] + data[start:end] + data[at:]


def repeat(random: Random, data: bytes, material: Material) -> bytes:
    """A piece stands very often."""
    start, end = _chunk(random, data, 120)
    times = min(random.choice((3, 20, 200, 2_000)), material.longest // max(1, end - start))
    return data[:start] + data[start:end] * times + data[end:]


def flip(random: Random, data: bytes, _: Material) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _turn in range(min(random.randint(1, 4), len(changed))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def splice(random: Random, data: bytes, material: Material) -> bytes:
    """The beginning of one input and the end of another."""
    if not material.others:
        return data
    other = random.choice(material.others)
    return data[: _place(random, data)] + other[_place(random, other) :]


def transplant(random: Random, data: bytes, material: Material) -> bytes:
    """A piece of another input stands in this one."""
    if not material.others:
        return data
    other = random.choice(material.others)
    start, end = _chunk(random, other)
    at = _place(random, data)
    return data[:at] + other[start:end] + data[at:]


def nest(random: Random, data: bytes, material: Material) -> bytes:
    """Something opens again and again, and may never close."""
    at = _place(random, data)
    opener = random.choice(OPENERS)
    times = random.choice((2, 10, 60, 150, 400, 1_500, 5_000))
    closer = {b"(": b")", b"[": b"]", b"{": b"}"}.get(opener[-1:], b"")
    closing = closer * (times if random.random() < 0.5 else 0)
    return data[:at] + (opener * times)[: material.longest // 2] + data[at : at + 10] + closing + data[at + 10 :]


def number(random: Random, data: bytes, _: Material) -> bytes:
    """A number that is no usual one, in the place of another where there is one."""
    found = list(re.finditer(rb"\d+", data))
    new = random.choice(NUMBERS)
    if found and random.random() < 0.7:
        match = random.choice(found)
        return data[: match.start()] + new + data[match.end() :]
    at = _place(random, data)
    return data[:at] + new + data[at:]


def odd(random: Random, data: bytes, _: Material) -> bytes:
    """A character that few think of."""
    at = _place(random, data)
    return data[:at] + random.choice(_ODD) * random.choice((1, 1, 1, 3)) + data[at:]


def word(random: Random, data: bytes, material: Material) -> bytes:
    """A word of the language, in the place of another or beside it."""
    new = random.choice(material.words)
    found = list(_TOKEN.finditer(data, max(0, _place(random, data) - 200), len(data)))[:60]
    if found and random.random() < 0.7:
        match = random.choice(found)
        return data[: match.start()] + new + data[match.end() :]
    at = _place(random, data)
    return data[:at] + new + data[at:]


def rename(random: Random, data: bytes, _: Material) -> bytes:
    """A word is called as another, in one place or everywhere: circles and shadows come of it."""
    found = _TOKEN.findall(data, 0, 6_000)
    if len(found) < 2:
        return data
    old, new = random.choice(found), random.choice(found)
    return data.replace(old, new, random.choice((1, 1, 3, -1)))


def swap_words(random: Random, data: bytes, _: Material) -> bytes:
    """Two words have changed places."""
    found = list(_TOKEN.finditer(data, 0, min(len(data), 6_000)))
    if len(found) < 2:
        return data
    first, second = sorted(random.sample(found, 2), key=lambda match: match.start())
    return b"".join((data[: first.start()], second[0], data[first.end() : second.start()], first[0], data[second.end() :]))


def lines(random: Random, data: bytes, _: Material) -> bytes:
    """Lines are missing, double, in another order, or further in."""
    kept = _lines(data)
    if len(kept) < 2:
        return data
    at = random.randrange(len(kept))
    few = slice(at, at + random.randint(1, 6))
    match random.randrange(5):
        case 0:
            del kept[few]
        case 1:
            kept[at:at] = kept[few]
        case 2:
            moved = kept[few]
            del kept[few]
            where = random.randint(0, len(kept))
            kept[where:where] = moved
        case 3:
            kept[few] = [random.choice((b" ", b"  ", b"\t", b"    ")) + line for line in kept[few]]
        case _:
            kept[few] = [line.lstrip(b" \t") if random.random() < 0.5 else line[1:] for line in kept[few]]
    return b"".join(kept)


def endings(random: Random, data: bytes, _: Material) -> bytes:
    """Other line ends, or another encoding."""
    match random.randrange(6):
        case 0:
            return data.replace(b"\n", b"\r\n")
        case 1:
            return data.replace(b"\n", b"\r")
        case 2:
            return b"\xef\xbb\xbf" + data
        case 3:
            return data.decode("utf-8", "replace").encode("utf-16")
        case 4:
            return b"\xff\xfe" + data
        case _:
            return data.replace(b"\n", b" ")


MUTATIONS: tuple[Mutation, ...] = (
    *(cut_short, cut_out, cut_out, double, double, repeat, flip, flip, splice, transplant, transplant, nest, number, odd),
    *(word, word, word, rename, rename, swap_words, lines, lines, endings),
)
