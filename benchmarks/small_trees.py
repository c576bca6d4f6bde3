"""Small repositories of one unit and a policy, with one changed file each: what a hook is given."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import generated_tree

UNITS = Path(__file__).parent / "units"
POLICY = UNITS / "routelint.yaml"


@dataclass(frozen=True)
class Unit:
    """A folder of `units/`, what it is, and the file of it that was changed."""

    folder: str
    name: str
    changed: str


ALL = (
    Unit("service", "a Python service of ten files", "src/answers/bedrock.py"),
    Unit("module", "a Terraform module of ten files", "agent.tf"),
    Unit("stack", "a SAM application of ten files", "template.yaml"),
)


def write(unit: Unit, folder: Path) -> Path:
    """A git repository below `folder` that holds the unit and the policy: the path of the changed file."""
    root = folder / unit.folder
    shutil.copytree(UNITS / unit.folder, root)
    shutil.copy(POLICY, root / POLICY.name)
    generated_tree.commit(root)
    return root / unit.changed
