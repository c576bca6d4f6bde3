"""What calls give back: functions of the scan, wrappers of the SDKs, environment variables, constructs of the CDK."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routelint.model import Hop, Resolution
from routelint.parse.lexicon import STRING
from routelint.parse.text import conditions, schemas, stored, texts
from routelint.parse.text.callees import Found, class_of, functions_of
from routelint.parse.text.functions import Function
from routelint.parse.text.iteration import SAME_ITEMS, results_of
from routelint.parse.text.names import Target, fields, of_property
from routelint.parse.text.reading import READS_FILE, context, of_file, parsed, stringify
from routelint.parse.text.scope import Binding, Evaluate, Path, Scope, find_key
from routelint.possible import Hole, Possible, combine, concatenate, known, unite, unknown, via

# Calls that hand over what they are given: wrappers of the SDKs, and conversions.
WRAPPERS = frozenset(
    (
        "BedrockFoundationModel",
        "FoundationModelIdentifier",
        "Ok",
        "Ptr",
        "Some",
        "String",
        "Value",
        "as_str",
        "format_string",
        "fromId",
        "into",
        "literal",
        "of",
        "ofNullable",
        "str",
        "string",
        "stringValue",
        "toString",
        "to_owned",
        "to_string",
        "trim",
    )
)
# Calls that hand over an object they are given.
_OBJECT_WRAPPERS = frozenset(("freeze", "seal", "structuredClone", "defineConfig", "parse", "safeParse", "validate"))
# Calls that read an environment variable, by themselves or as methods of something that says so.
_ENVIRONMENT_CALLS = frozenset(
    ("GetEnvironmentVariable", "Getenv", "LookupEnv", "env", "env_var", "getEnv", "getenv", "requireEnv")
)
_ENVIRONMENT_METHODS = frozenset(("fetch", "get", "getOrDefault", "getProperty", "var"))
_ENVIRONMENTS = frozenset(("ENV", "Environment", "System", "env"))
# How often a function may be entered again before it is given up.
MOST_ROUNDS = 2
_FALLBACK_CALLS = frozenset(("unwrap_or", "unwrap_or_else", "orElse", "getOrElse", "defaultIfBlank"))
# Constructs and calls that make an identifier from a model, and the key it is given at.
_MADE_FROM = {
    "ApplicationInferenceProfile": ("modelSource",),
    "CfnApplicationInferenceProfile": ("modelSource", "copyFrom"),
}
# What the CDK calls the identifier of a model or profile that a call made.
OWN_ATTRIBUTES = frozenset(
    (
        "asArn",
        "asIModel",
        "attrInferenceProfileArn",
        "attrInferenceProfileId",
        "attrInferenceProfileIdentifier",
        "inferenceProfileArn",
        "inferenceProfileId",
        "invokableArn",
        "modelArn",
        "modelId",
        "stringValue",
    )
)


def reads_environment(names: Sequence[str]) -> bool:
    """Whether a call with a dotted name reads an environment variable."""
    if names[-1] in _ENVIRONMENT_CALLS:
        return True
    return names[-1] in _ENVIRONMENT_METHODS and not _ENVIRONMENTS.isdisjoint(names[:-1])


def call(evaluate: Evaluate, scope: Scope, callee: list[int], group: int, path: Path, depth: int) -> Possible:
    """What a call gives back at a path: `callee` are the tokens before its arguments, which are a group."""
    code = scope.code
    names = [code.tokens[index].text for index in callee if code.is_name(index)]
    arguments = list(code.entries(group))
    name = names[-1] if names else ""
    receiver = callee[:-2] if len(callee) > 2 and code.is_mark(callee[-2], ".", "?.", "->") else []

    if names and reads_environment(names) and arguments and code.tokens[arguments[0][0]].kind is STRING and not path:
        return _variable(evaluate, scope, callee, group, arguments, depth)
    pure = len(callee) == 2 * len(names) - 1 and bool(names)
    if pure:
        if (found := functions_of(scope, names, callee[0])) and not (len(names) == 1 and code.is_name(callee[0] - 1, "new")):
            return results(evaluate, scope, found, arguments, path, depth)
        if (made := constructed(evaluate, scope, names[-1], arguments, path, depth)) is not None:
            return made
    if (special := _special(evaluate, scope, name, names, receiver, group, arguments, path, depth)) is not None:
        return special
    if path and path[0] in OWN_ATTRIBUTES:
        return call(evaluate, scope, callee, group, path[1:], depth + 1)
    shown = ".".join(names[-2:])
    return unknown(f"the result of {shown or 'a call'}() is not followed")


def _variable(
    evaluate: Evaluate, scope: Scope, callee: list[int], group: int, arguments: list[tuple[int, int]], depth: int
) -> Possible:
    """An environment variable that a call reads, with the default that some are given."""
    code = scope.code
    name = code.tokens[arguments[0][0]].text
    value = environment(scope, name)
    if len(arguments) > 1 and all(isinstance(each.content, Hole) and not each.trail for each in value):
        default = evaluate(scope, *arguments[1], (), depth + 1)
        last = min(code.limit(group), len(code.tokens) - 1)
        hop = scope.file.hop(code.tokens[callee[0]].start, code.tokens[last].end, f"default of {name}")
        return via(default, hop, Resolution.ENV_DEFAULT)
    return value


def environment(scope: Scope, name: str) -> Possible:
    """What the infrastructure of the scan sets an environment variable to."""
    settings = scope.file.context.settings.lookup(scope.file.path, name)
    if not settings:
        whom = " for this code" if scope.file.context.settings.is_set(name) else ""
        return unknown(f"the environment variable {name} is not set{whom} in the scanned files")
    owner = scope.reader.owner
    scope.reader.owners.update(dict.fromkeys(setting.owner for setting in settings))
    mine = [setting for setting in settings if owner is None or setting.owner == owner]
    if not mine:
        return unknown(f"the environment variable {name} is not set for {owner}")
    return unite(
        via(setting.value, Hop(setting.location, f"{setting.owner} sets {name}"), Resolution.LINKED) for setting in mine
    )


def _checked(
    evaluate: Evaluate,
    scope: Scope,
    name: str,
    receiver: list[int],
    arguments: list[tuple[int, int]],
    path: Path,
    depth: int,
) -> Possible:
    """A part of what a call gives back after a look at it; of a variable that is not set, the default of its schema."""
    left = path[1:] if name == "safeParse" and path[0] == "data" else path
    key = left[0] if left else None
    if not schemas.reads_environment(name):
        value = evaluate(scope, *arguments[-1], left, depth + 1)
    elif key is not None:
        value = environment(scope, key)
    else:
        return unknown("a variable whose name cannot be told is read")
    if key is None or not all(isinstance(each.content, Hole) and not each.trail for each in value):
        return value
    given = (receiver[0], _end(scope, receiver[-1])) if receiver else None
    return schemas.default(evaluate, scope, name, given, arguments, key, depth) or value


def _special(
    evaluate: Evaluate,
    scope: Scope,
    name: str,
    names: list[str],
    receiver: list[int],
    group: int,
    arguments: list[tuple[int, int]],
    path: Path,
    depth: int,
) -> Possible | None:
    """What calls of libraries give back that are known by their name; None for the others."""
    code = scope.code
    owner = names[-2] if len(names) > 1 else ""
    if name in _FALLBACK_CALLS and receiver and arguments:
        before = evaluate(scope, receiver[0], _end(scope, receiver[-1]), path, depth + 1)
        told = tuple(each for each in before if not isinstance(each.content, Hole))
        right = evaluate(scope, *arguments[0], path, depth + 1)
        return told or tuple(replace(each, resolution=Resolution.ENV_DEFAULT) for each in right)
    if name == "stringify" and owner == "JSON" and arguments:
        return (
            unknown("JSON stands where a single value is expected")
            if path
            else stringify(evaluate, scope, *arguments[0], depth)
        )
    if name in ("parse", "load") and owner in ("JSON", "yaml", "YAML", "toml", "TOML") and arguments:
        return parsed(evaluate, scope, arguments[0], path, depth)
    if name in READS_FILE and arguments:
        return of_file(evaluate, scope, arguments[0], path, depth)
    if name == "tryGetContext" and arguments:
        return context(evaluate, scope, arguments[0], path, depth)
    if path and (items := _items(evaluate, scope, name, owner, receiver, arguments, path, depth)) is not None:
        return items
    if name == "assign" and owner == "Object" and path:
        found = (evaluate(scope, *each, path, depth + 1) for each in reversed(arguments))
        return next((each for each in found if each), ())
    if path and arguments and (name in _OBJECT_WRAPPERS or schemas.reads_environment(name)):
        return _checked(evaluate, scope, name, receiver, arguments, path, depth)
    if name in WRAPPERS and not path:
        if arguments:
            return evaluate(scope, *arguments[0], (), depth + 1)
        if receiver:
            return evaluate(scope, receiver[0], _end(scope, receiver[-1]), (), depth + 1)
    if name in OWN_ATTRIBUTES and receiver and not path:
        return evaluate(scope, receiver[0], _end(scope, receiver[-1]), (), depth + 1)
    if path:
        return None
    if arguments and (name == "formatArn" or (name == "format" and owner == "Arn")):
        return texts.arn(evaluate, scope, arguments[0], depth)
    if (read := stored.read(evaluate, scope, name, arguments, depth)) is not None:
        return read
    if (
        name in ("replace", "replaceAll")
        and receiver
        and (text := texts.replaced(evaluate, scope, name, (receiver[0], _end(scope, receiver[-1])), arguments, depth))
        is not None
    ):
        return text
    if name == "join" and (text := _joined(evaluate, scope, owner, receiver, arguments, depth)) is not None:
        return text
    if name == "fromConfig" and "CrossRegionInferenceProfile" in names:
        return _cross_region(evaluate, scope, group, depth)
    if name.startswith("from") and name.endswith(("Id", "Arn")) and any("Model" in each or "Profile" in each for each in names):
        # The options that some take behind the model are an object, and the construct's scope comes before it.
        plain = [each for each in arguments if not code.is_mark(each[0], "{")]
        if not plain:
            return unknown(f"{'.'.join(names[-2:])}() is given nothing")
        return evaluate(scope, *plain[-1], (), depth + 1)
    keys = _MADE_FROM.get(name)
    if keys is not None and arguments:
        return evaluate(scope, *arguments[-1], keys, depth + 1)
    if name == "StringParameter" and arguments:
        return evaluate(scope, *arguments[-1], ("stringValue",), depth + 1)
    return None


def _joined(
    evaluate: Evaluate, scope: Scope, owner: str, receiver: list[int], arguments: list[tuple[int, int]], depth: int
) -> Possible | None:
    """`Fn.join("", [...])` and `[...].join("")`."""
    if owner == "Fn" and len(arguments) == 2:
        return texts.joined(evaluate, scope, arguments[1], evaluate(scope, *arguments[0], (), depth + 1), depth)
    if not receiver or len(arguments) != 1:
        return None
    separator = evaluate(scope, *arguments[0], (), depth + 1)
    return texts.joined(evaluate, scope, (receiver[0], _end(scope, receiver[-1])), separator, depth)


def _items(
    evaluate: Evaluate,
    scope: Scope,
    name: str,
    owner: str,
    receiver: list[int],
    arguments: list[tuple[int, int]],
    path: Path,
    depth: int,
) -> Possible | None:
    """What a list holds at a path that a call makes of another: the same items, or what a function makes of each."""
    if owner == "Object" and name == "values" and arguments:
        return evaluate(scope, *arguments[0], (None, *path[1:]), depth + 1)
    if arguments and ((owner == "Array" and name == "from" and len(arguments) == 1) or name == "Set"):
        return evaluate(scope, *arguments[0], path, depth + 1)
    if not receiver:
        return None
    if name in SAME_ITEMS:
        more = arguments if name == "concat" else []
        lists = [(receiver[0], _end(scope, receiver[-1])), *more]
        return unite(evaluate(scope, *each, path, depth + 1) for each in lists)
    if name in ("map", "flatMap") and arguments:
        made = results_of(scope, *arguments[0])
        left = path[1:] if name == "map" else path
        return unite(evaluate(scope, *each, left, depth + 1) for each in made) if made else None
    return None


def _end(scope: Scope, index: int) -> int:
    group = scope.code.opened_at.get(index)
    return min((index if group is None else scope.code.groups[group].close) + 1, len(scope.code.tokens))


def results(
    evaluate: Evaluate, scope: Scope, found: list[Found], arguments: list[tuple[int, int]], path: Path, depth: int
) -> Possible:
    """What functions of the scan give back when they are called with arguments of the caller's."""
    return unite(_result(evaluate, scope, where, function, arguments, path, depth) for where, function in found)


def _result(
    evaluate: Evaluate,
    scope: Scope,
    where: Scope,
    function: Function,
    arguments: list[tuple[int, int]],
    path: Path,
    depth: int,
) -> Possible:
    key = (where.file.path, function.parameters)
    if where.reader.active.count(key) >= MOST_ROUNDS:
        return unknown(f"{function.name}() calls itself")
    where.reader.active.append(key)
    try:
        return _returned(evaluate, where.bind(function, Binding(scope, tuple(arguments))), function, path, depth)
    finally:
        where.reader.active.pop()


def _returned(evaluate: Evaluate, body: Scope, function: Function, path: Path, depth: int) -> Possible:
    """What the expressions may be that a function gives back, where its parameters are bound."""
    returned = body.reader.functions(body.file).returned(function)
    if not returned:
        return unknown(f"{function.name}() gives nothing back that is followed")
    code = body.code
    crosses = body.bound[(body.file.path, function.parameters)].scope.file.path != body.file.path
    found = []
    is_over = False
    passed_by: list[tuple[conditions.Verdict, ...]] = []
    for low, high in returned:
        value = evaluate(body, low, high, path, depth + 1)
        hop = body.file.hop(code.tokens[low].start, code.tokens[high - 1].end, f"result of {function.name}()")
        value = tuple(each.via(hop, _stepped(each.resolution, crosses=crosses)) for each in value)
        asked = tuple(conditions.on_the_way(evaluate, body, function, low - 1, depth)) if function.block else ()
        for verdicts in (*asked, *passed_by):
            value = conditions.choose(verdicts, value, ())
        always = all(each.holds for verdicts in asked for each in verdicts)
        if len(asked) == 1:
            # Behind `if (stage !== "prod") return a;` the stage is production.
            passed_by.append(tuple(each.denied() for each in asked[0]))
        # What follows is evaluated although it is never reached, so that it is no choice of its own.
        if not is_over:
            found.append(value)
        is_over = is_over or always
    return unite(found)


def _stepped(resolution: Resolution, *, crosses: bool) -> Resolution | None:
    if resolution not in (Resolution.LITERAL, Resolution.CONSTANT):
        return None
    return Resolution.CROSS_FILE if crosses else Resolution.CONSTANT


def constructed(
    evaluate: Evaluate, scope: Scope, name: str, arguments: list[tuple[int, int]], path: Path, depth: int
) -> Possible | None:
    """What a new object of a class of the scan holds at a path; None where the class is not there."""
    if not path or path[0] is None or not name[:1].isupper():
        return None
    where = class_of(scope, name)
    if where is None:
        return None
    other, group = where
    made = other.reader.functions(other.file).constructor(group)
    inside = other if made is None else other.bind(made, Binding(scope, tuple(arguments)))
    found = fields(other.code, path[0], group)
    if found:
        values = []
        for one in found[:8]:
            hop = other.file.hop(
                other.code.tokens[one.name].start, other.code.tokens[one.end - 1].end, f"field {path[0]} of {name}"
            )
            values.append(via(evaluate(inside, one.start, one.end, path[1:], depth + 1), hop))
        return unite(values)
    return _property(evaluate, inside, group, path, depth)


def _property(evaluate: Evaluate, scope: Scope, group: int, path: Path, depth: int) -> Possible | None:
    """What a property holds that the constructor of a class declares; None where it declares none such."""
    assert path[0] is not None
    meaning = of_property(scope, group, path[0], path[1:])
    if meaning is None:
        return None
    found = []
    for each in meaning:
        if isinstance(each, Hole):
            return None
        if isinstance(each, Target):
            found.append(via(evaluate(each.scope, each.start, each.end, each.path, depth + 1), each.hop))
    return unite(found)


def _cross_region(evaluate: Evaluate, scope: Scope, group: int, depth: int) -> Possible:
    """A CDK inference profile: the prefix of a geography before the model's id."""
    code = scope.code
    model = find_key(code, group, ("model",))
    region = find_key(code, group, ("geoRegion",))
    if model is None:
        return unknown("the inference profile names no model")
    prefix: Possible = unknown("the geography of the inference profile cannot be told", "${geoRegion}")
    if region is not None and code.is_name(region[1] - 1):
        prefix = known(code.tokens[region[1] - 1].text.lower().replace("_", "-"))
    return combine([prefix, known("."), evaluate(scope, *model, (), depth + 1)], concatenate)
