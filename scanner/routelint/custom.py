"""An organisation's own rules: an expression of the policy over each route and model, as a rule like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from time import monotonic

from routelint import cost
from routelint.catalog import Model
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Choice, ModelReference, Related, Resource, Unknown
from routelint.policy import CustomRule, Policy, Workload
from routelint.policy.expressions import answer, fill
from routelint.policy.fields import FIELDS, SHORT
from routelint.rule import Breach, Category, Context, Place, Rule

# A stopwatch, not a clock: it changes nothing but where a scan gives up on an expression that nobody would write in good faith.
MOST_SECONDS = 5.0
LONGEST_TEXT = 500
# What the implementation says of a field that was left out.
_UNKNOWN = "No value with name"
_NO_KEY = lazy_regex(r'Key not found in map : (".*")')

PAGE = """\
# {id}

## What it does

Reports a route and a model it takes, of which this expression of the policy is true:

    {when}
{instead}
## Policy keys

`custom_rules`

## References

`docs/policy.md`, section Custom rules
"""


@dataclass(slots=True)
class _Stopwatch:
    """How long the custom rules of a scan have run, in seconds."""

    spent: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class _View:
    """A route and one of its models, with what is known of them."""

    reference: ModelReference
    choice: Choice
    model: Model | None
    workload: Workload | None
    context: Context

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments of the choice."""
        return self.context.environments(self.reference, self.choice)

    def price(self) -> tuple[float | None, float | None]:
        """What the route pays for input and output."""
        model = self.model
        if model is None:
            return None, None
        rate = cost.rate_of(model, self.choice, self.reference, self.context.policy)
        return (None, None) if isinstance(rate, str) else (rate.price.input, rate.price.output)


def rules(policy: Policy) -> tuple[Rule, ...]:
    """The custom rules of a policy, in its order. Together they may run for `MOST_SECONDS` in one scan."""
    stopwatch = _Stopwatch()
    return tuple(_rule(custom, stopwatch) for custom in policy.custom_rules)


def _rule(custom: CustomRule, stopwatch: _Stopwatch) -> Rule:
    # What the check could not decide, for the remark after it: asking again would take the time twice.
    undecided: list[str] = []

    def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
        undecided.clear()
        for view, values, said in _answers(custom, context, stopwatch):
            if isinstance(said, str):
                undecided.append(said)
            elif said is True:
                related = () if custom.location is None else (Related(custom.location, "the rule is written here"),)
                message = fill(custom.message, values)
                yield view.reference, Breach(message, view.choice, view.environments, related=related)

    def remark(context: Context) -> str | None:
        broken = [said for said in undecided if _UNKNOWN not in said]
        if not broken:
            return None
        times = f"{len(broken)} time{'s' if len(broken) > 1 else ''}"
        reason = broken[0].partition(": ")[2] or broken[0]
        key = _NO_KEY.search(reason)
        way_out = "" if key is None else f"; ask '{key[1]} in tags' (or settings) first"
        return f"custom rule '{custom.id}' could not be decided {times}: {reason[:1].lower()}{reason[1:]}{way_out}"

    return Rule(
        id=custom.id,
        summary=fill(custom.message, _Names()),
        severity=custom.severity,
        category=Category.GOVERNANCE,
        page=PAGE.format(
            id=custom.id,
            when=custom.when.strip().replace("\n", "\n    "),
            instead=f"\n## Use instead\n\n{custom.help}\n" if custom.help else "",
        ),
        check_all=check_all,
        remark=remark,
        tags=("bedrock", "custom"),
    )


class _Names(Mapping[str, object]):
    """Every field by its own name: a message as a summary, without values."""

    def __getitem__(self, name: str) -> object:
        return "<" + next((short for short, whole in SHORT.items() if whole == name), name) + ">"

    def __iter__(self) -> Iterator[str]:
        return iter(each.name for each in FIELDS)

    def __len__(self) -> int:
        return len(FIELDS)


def _answers(
    custom: CustomRule, context: Context, stopwatch: _Stopwatch
) -> Iterator[tuple[_View, Mapping[str, object], bool | str]]:
    """Every route and model, the fields that the rule may need, and whether it holds or why that cannot be decided.

    Raises:
        TimeoutError: the custom rules have run for too long.
    """
    texts = (custom.when, custom.message, *(whole for short, whole in SHORT.items() if short in custom.message))
    needed = [name for name in _VALUES if any(name in text for text in texts)]
    for reference in context.references:
        workload = None if reference.workload is None else context.policy.workload(reference.workload)
        for choice in reference.choices:
            view = _View(reference, choice, context.model(choice), workload, context)
            values = {name: _bounded(value) for name in needed if (value := _VALUES[name](view)) is not None}
            started = monotonic()
            said = answer(custom.when, values)
            stopwatch.spent += monotonic() - started
            if stopwatch.spent > MOST_SECONDS:
                raise TimeoutError(f"the custom rules take more than {MOST_SECONDS:.0f} seconds; simplify their expressions")
            yield view, values, said


def _bounded(value: object) -> object:
    """A value whose texts are not longer than anybody compares."""
    match value:
        case str():
            return value[:LONGEST_TEXT]
        case list():
            return [_bounded(each) for each in value]
        case dict():
            return {key[:LONGEST_TEXT]: _bounded(each) for key, each in value.items()}
    return value


def _of_model(get: Callable[[Model], object]) -> Callable[[_View], object]:
    return lambda view: None if view.model is None else get(view.model)


def _of_workload(get: Callable[[Workload], object]) -> Callable[[_View], object]:
    return lambda view: "" if view.workload is None else str(get(view.workload) or "")


def _tags(view: _View) -> dict[str, str] | None:
    """The tags; None where the value of one, or whether there are more, cannot be told."""
    tags = view.reference.tags
    if tags is None:
        return {}
    known = {key: value for key, value in tags.entries.items() if not isinstance(value, Unknown)}
    return known if tags.rest is None and len(known) == len(tags.entries) else None


def _tag_keys(view: _View) -> list[str] | None:
    tags = view.reference.tags
    if tags is None:
        return []
    return sorted(tags.entries) if tags.rest is None else None


def _justified(view: _View) -> bool | None:
    if view.model is None:
        return None
    return view.context.cover(view.reference, view.choice, view.model, view.environments).covered


# The value of each field of the table; None where it cannot be told.
_VALUES: Mapping[str, Callable[[_View], object]] = {
    "model.id": lambda view: view.choice.model.id,
    "model.catalog_id": _of_model(lambda model: model.id),
    "model.known": lambda view: view.model is not None,
    "model.provider": lambda view: view.choice.model.provider if view.model is None else view.model.provider,
    "model.family": _of_model(lambda model: model.family),
    "model.modality": _of_model(lambda model: str(model.modality)),
    "model.tier": lambda view: view.context.tier(view.choice),
    "model.lifecycle": lambda view: None if view.model is None else str(view.model.status(view.context.today)),
    "model.scope": lambda view: view.choice.model.scope or "",
    "model.input_usd_per_million_tokens": lambda view: view.price()[0],
    "model.output_usd_per_million_tokens": lambda view: view.price()[1],
    "model.blended_usd_per_million_tokens": lambda view: (
        None if view.model is None else cost.blended(view.model, view.context.policy)
    ),
    "resolution": lambda view: str(view.choice.resolution),
    "kind": lambda view: str(view.reference.kind),
    "sink": lambda view: view.reference.sink,
    "language": lambda view: view.reference.language,
    "path": lambda view: view.context.policy.local(view.reference.location.path),
    "symbol": lambda view: view.reference.location.symbol,
    "root": lambda view: view.reference.root,
    "region": lambda view: view.choice.model.region or view.reference.region,
    "environments": lambda view: list(view.environments),
    "workload": lambda view: view.reference.workload or "",
    "owner": _of_workload(lambda workload: workload.owner),
    "task": _of_workload(lambda workload: workload.task),
    "audience": _of_workload(lambda workload: workload.audience),
    "taggable": lambda view: view.reference.tags is not None,
    "tags": _tags,
    "tag_keys": _tag_keys,
    "settings": lambda view: dict(view.reference.settings),
    "justified": _justified,
}
