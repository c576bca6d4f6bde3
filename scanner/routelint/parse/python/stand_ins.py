"""Objects that stand for a model where an identifier is expected, and the identifiers behind them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.parse.python import carriers, holding
from routelint.parse.python.scopes import argument_node, shown
from routelint.parse.python.surface_index import SurfaceIndex
from routelint.parse.python.values import Instance, Made, Site, Symbol, is_gap, join
from routelint.possible import Hole, Possibility, Possible, Template, combine, concatenate, unknown
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Carriers that take the text of an identifier and never an object.
_IDENTIFIER = lazy_regex(r"(?i)(id|arn|identifier|copy_?from|foundationModel)$")
# `<MODEL_ID>`, `YOUR_MODEL_ID`, `{{model}}`: what somebody has to replace before the code can run.
_PLACEHOLDER = lazy_regex(r"<[^<>]*>|\{\{[^{}]*\}\}|(?i:your[-_ ].*|replace[-_ ].*|change[-_ ]?me.*|todo.*|xxx+)$")
# Starts the reason of what an object does not have.
_ABSENT = "attribute "


class Models:
    """Reads the models behind values."""

    def __init__(self, evaluator: Evaluator, index: SurfaceIndex) -> None:
        self._evaluator = evaluator
        self._index = index

    def of(self, value: Possible, row: Surface) -> tuple[Possible, bool]:
        """The texts behind objects that stand for a model, and whether an object is a route of its own elsewhere."""
        models: list[Possible] = []
        elsewhere = False
        for each in value:
            match each.content:
                case Made() | Symbol():
                    inner = self._behind(each)
                    if inner is not None:
                        models.append(inner)
                    elif _IDENTIFIER.search(row.carrier):
                        models.append((each,))
                    else:
                        elsewhere = True
                case Instance() as instance:
                    own = self._of_instance(each, instance)
                    if own is not None:
                        models.append(own)
                    elif _IDENTIFIER.search(row.carrier):
                        models.append((each,))
                    else:
                        elsewhere = True
                case str(text) if _PLACEHOLDER.match(text.strip()):
                    models.append((replace(each, content=Hole(f"'{text.strip()}' is a placeholder to be filled in")),))
                case str(text) if " " in text.strip():
                    models.append(
                        (replace(each, content=Hole(f"'{text.strip()[:60]}' is a text for people, not an identifier")),)
                    )
                case _:
                    models.append((each,))
        return join(models), elsewhere

    def _behind(self, each: Possibility) -> Possible | None:
        """The model of an outside object; None where the object is a route itself, or no model of Bedrock's."""
        origin = each.content if isinstance(each.content, Made) else None
        if isinstance(each.content, Symbol):
            origin = each.content.origin
        while origin is not None:
            rows = self._index.rows(origin.path.removesuffix("()"))
            for row in rows:
                if row.reads == "object" and origin.call is not None and origin.site is not None:
                    return self._read_object(each, origin, row)
            if rows:
                return None
            name = origin.path.removesuffix("()").rpartition(".")[2]
            if name[:1].isupper() and isinstance(each.content, Made) and origin is each.content:
                return None
            origin = origin.origin
        return (each,)

    def _read_object(self, each: Possibility, made: Made, row: Surface) -> Possible:
        call, site = made.call, made.site
        assert call is not None
        assert site is not None
        values = []
        for place in carriers.carried(self._evaluator, row, call, site):
            inner, _ = self.of(place.value, row)
            values.append(holding.carried(each, inner))
        return self.in_scope(join(values), call, site) or unknown(f"'{shown(call)}' names no model")

    def in_scope(self, value: Possible, call: ast.Call, site: Site) -> Possible:
        """A model with the scope that the object puts before it, where it puts one."""
        region = argument_node(call, None, "geo_region")
        if region is None or not value:
            return value
        return combine([self._evaluator.ask(region, site), value], lambda parts: concatenate([parts[0], ".", parts[1]]))

    def _of_instance(self, each: Possibility, instance: Instance) -> Possible | None:
        """The model of an object of the repository: what its own attributes say; None where it has none of them."""
        open_ones: list[Possible] = []
        for name in ("model_id", "modelId", "model_arn", "model", "model_name"):
            inner = self._evaluator.answer(lambda name=name: self._evaluator.objects.instance_attribute(instance, name))  # type: ignore[misc]
            texts = tuple(one for one in inner if isinstance(one.content, str | Template))
            if texts:
                return holding.carried(each, inner)
            gaps = tuple(one for one in inner if is_gap(one.content))
            if gaps and not any(isinstance(one.content, Hole) and one.content.reason.startswith(_ABSENT) for one in gaps):
                open_ones.append(holding.carried(each, gaps))
        return open_ones[0] if open_ones else None
