"""The layers written down in pyproject.toml: import-linter checks the arrows, this checks that no module is left out."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
# How the program is started and what it offers to importers stand above every layer.
ENTRIES = {"routelint.__init__", "routelint.__main__"}


def layered() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    return [module.strip(" ()") for layer in layers for module in layer.replace(":", "|").split("|")]


def modules() -> set[str]:
    """The modules and packages directly in `routelint`."""
    folder = ROOT / "scanner" / "routelint"
    return {
        f"routelint.{path.stem}"
        for path in folder.iterdir()
        if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())
    }


def test_every_module_is_in_a_layer() -> None:
    assert modules() - ENTRIES - set(layered()) == set()


def test_every_layer_exists() -> None:
    assert {module for module in layered() if module.startswith("routelint.")} - modules() == set()


def test_no_module_is_in_two_layers() -> None:
    assert len(layered()) == len(set(layered()))
