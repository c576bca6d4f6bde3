"""Menus of user interfaces: the choice is one of the options that the code offers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python import holding
from routelint.parse.python.lookups import MOST_PICKED
from routelint.parse.python.scopes import argument_node, shown
from routelint.parse.python.values import Site, join, step
from routelint.possible import Possibility, Possible, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

LIBRARY = "streamlit."
# Elements of which the user picks one option, on the page, in its side bar or in a column.
_ELEMENTS = frozenset(["selectbox", "radio", "select_slider", "segmented_control", "pills"])


def picked(evaluator: Evaluator, path: str, node: ast.Call, site: Site) -> Possible | None:
    """What a menu gives; None where the call is none, or its options cannot be told."""
    if path.rpartition(".")[2] not in _ELEMENTS:
        return None
    options = argument_node(node, 1, "options")
    if options is None:
        return None
    turns = holding.turns(evaluator.enums.opened(evaluator.expression(options, site)))
    if turns is None or not turns.items:
        return None
    if len(turns.items) > MOST_PICKED:
        return unknown(f"one of the {len(turns.items)} options of {shown(node.func)}() is picked while the code runs")
    further = (Possibility(turns.rest),) if turns.rest is not None else ()
    return join([step(join(turns.items), None, Resolution.MAPPING), further])
