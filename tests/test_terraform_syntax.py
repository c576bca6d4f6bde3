"""The blocks and attributes that our parser finds, against those that python-hcl2 finds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import hcl2
import pytest

import golden
from routelint.parse.terraform import syntax
from routelint.parse.terraform.nodes import Body
from terraform_maker import Maker

Shape = tuple[tuple[str, ...], tuple[tuple[tuple[str, ...], "Shape"], ...]]


def shape_of(body: Body) -> Shape:
    """The names of a body's attributes, and its blocks by type and labels, each with its shape."""
    blocks = [((block.type, *block.labels), shape_of(block.body)) for block in body.blocks]
    return tuple(sorted(body.attributes)), tuple(sorted(blocks, key=str))


def their_shape(found: Mapping[str, object], ours: Body) -> Shape:
    """The same of what python-hcl2 reads; only our body tells a block from a list of objects there."""
    types = {block.type for block in ours.blocks}
    names = {bare(key): value for key, value in found.items() if not key.startswith("__")}
    attributes = [name for name in names if name not in types]
    blocks: list[tuple[tuple[str, ...], Shape]] = []
    for kind in sorted(types):
        pending = [block for block in ours.blocks if block.type == kind]
        entries = names.get(kind, [])
        assert isinstance(entries, list)
        for entry in entries:
            labels, body = unlabelled(entry, len(pending[0].labels))
            fitting = next((block for block in pending if block.labels == labels), None)
            blocks.append(((kind, *labels), their_shape(body, fitting.body if fitting is not None else Body())))
            pending = [block for block in pending if block is not fitting] or pending
    return tuple(sorted(attributes)), tuple(sorted(blocks, key=str))


def unlabelled(entry: object, count: int) -> tuple[tuple[str, ...], Mapping[str, object]]:
    labels: list[str] = []
    for _ in range(count):
        assert isinstance(entry, dict)
        ((label, entry),) = [(key, value) for key, value in entry.items() if not key.startswith("__")]
        labels.append(bare(label))
    assert isinstance(entry, dict)
    return tuple(labels), entry


def bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


FIXTURES = [path for path in sorted((golden.CASES / "terraform").rglob("*.tf")) if "broken" not in path.parts]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.relative_to(golden.CASES / "terraform").as_posix())
def test_another_parser_finds_the_same_blocks_and_attributes(path: Path) -> None:
    text = path.read_text("utf-8")
    body, errors = syntax.parse(path.name, text)
    assert errors == ()
    assert their_shape(hcl2.loads(text), body) == shape_of(body)


def written_oddly(maker: Maker, depth: int = 2) -> str:
    """A body of attributes and blocks as people write them: comments, one-line blocks, heredocs, objects of all shapes."""
    chance = maker.random
    lines: list[str] = []
    for number in range(chance.randint(1, 5)):
        name = f"n{number}"
        lines.append(
            chance.choice(
                [
                    f"{name} = {maker.value(maker.type(2), constant=True)}",
                    f'{name} = "a-${{var.{name}["x"]}}-b"  # why',
                    f"{name} = <<-EOT\n  line ${{var.x}}\n    {{ not = a block }}\n  EOT",
                    f"{name} = [for k, v in var.x : k if v != null] // why",
                    f"{name} = {{\n  a = 1, b = 2\n  (var.k) = 3\n}}",
                    f"{name} = var.a ? [\n  1,\n  2,\n] : []",
                    f"/* {name} = 1\n {name} {{ */",
                    f'{name} = "# no comment // here"',
                    f"{name} = var.x[*].y[0].z",
                    f'{name} = merge(\n  var.a,\n  {{ "k-1" = "v" }},\n)',
                ]
            )
        )
    for number in range(chance.randint(0, 3) if depth else 0):
        labels = "".join(f' "l{number}-{label}"' for label in range(chance.randint(0, 2)))
        inner = written_oddly(maker, depth - 1)
        lines.append(f"block{number}{labels} {{\n{inner}\n}}" if chance.random() < 0.8 else f"block{number}{labels} {{}}")
    return chance.choice(["\n", "\n\n"]).join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_another_parser_finds_the_same_in_generated_files(seed: int) -> None:
    maker = Maker(seed)
    for _ in range(250):
        text = written_oddly(maker) + "\n"
        body, errors = syntax.parse("main.tf", text)
        assert errors == (), text
        assert their_shape(hcl2.loads(text), body) == shape_of(body), text
