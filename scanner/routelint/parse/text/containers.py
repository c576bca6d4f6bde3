"""Environment variables of containers: Compose services, Dockerfiles, what `.env` files give them, Kubernetes workloads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.parse.images import folder_of_image, is_recipe
from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.paths import Paths
from routelint.parse.text import nodes, words
from routelint.parse.text.draft import File
from routelint.parse.text.nodes import List, Map, Node, Scalar
from routelint.possible import in_environments, known
from routelint.source import NotTextError, decode

MOST_BYTES = 1_000_000
_MOST_DEPTH = 12
_COMPOSE = lazy_regex(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml", re.IGNORECASE)
_ENTRY = lazy_regex(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<quote>[\"']?)(?P<value>[^\s\"'#]+)(?P=quote)", re.M
)
_REFERENCE = lazy_regex(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<rule>:?[-?+])(?P<other>[^{}]*))?\})")
_INSTRUCTION = lazy_regex(r"^[ \t]*(?P<kind>ENV|ARG)[ \t]+", re.IGNORECASE | re.MULTILINE)
_PAIR = lazy_regex(r"(?P<name>[A-Za-z_]\w*)=(?P<quote>[\"']?)(?P<value>[^\s\"'\\]*)(?P=quote)")
_SINGLE = lazy_regex(r"(?P<name>[A-Za-z_]\w*)[ \t]+(?P<quote>[\"']?)(?P<value>[^\s\"']+)")
_COPY = lazy_regex(r"^[ \t]*(?:COPY|ADD)[ \t]+(?!.*--from=)(?P<sources>[^\r\n]+)", re.IGNORECASE | re.MULTILINE)
# What services, workloads and config maps are told by.
_KEYS = ("services", "containers", "initContainers", "ConfigMap")
_REFERS = ("configMapRef", "configMapKeyRef")


@dataclass(frozen=True, slots=True)
class _Set:
    """A value that a file gives a variable: the text, where it stands, and the steps behind it."""

    file: File
    text: str
    start: int
    end: int
    trail: tuple[Hop, ...] = ()

    def setting(self, name: str, owner: str, code: tuple[str, ...]) -> EnvironmentSetting:
        """The variable as a piece of running code gets it."""
        location = self.file.location(self.start, self.end, f"{owner}.{name}")
        resolution = Resolution.CROSS_FILE if self.trail else Resolution.LITERAL
        environment = words.environment_of_file(self.file.name)
        value = in_environments(known(self.text, resolution, self.trail), (environment,) if environment is not None else ())
        return EnvironmentSetting(name, value, owner, location, code)


def is_compose(path: str) -> bool:
    """Whether a file is named as Compose looks for it."""
    return _COMPOSE.fullmatch(posixpath.basename(path)) is not None


def of_containers(
    files: Sequence[File], paths: Sequence[str], taken: Sequence[EnvironmentSetting]
) -> Iterator[EnvironmentSetting]:
    """The model variables that the containers of a scan get.

    `files` are the marked configuration files. A service's own variables win over those of its `env_file`, and they over the
    image's; what an image is given elsewhere (`taken`) wins over what its Dockerfile says.
    """
    if not files:
        return
    some = files[0]
    documents = {file.path: (file, _documents(file)) for file in files if file.name.lower().endswith((".yaml", ".yml"))}
    for path in paths:
        if path not in documents and is_compose(path) and (file := _read(some, path)) is not None:
            documents[path] = (file, _documents(file))
    found: list[EnvironmentSetting] = []
    for file, roots in (documents[path] for path in sorted(documents)):
        for root in roots:
            services = root.get("services") if isinstance(root, Map) else None
            if isinstance(services, Map):
                for name, service in services.entries:
                    if isinstance(service, Map):
                        found += _service(file, name.text, service, paths)
    found += _kubernetes(documents, paths, some)
    yield from found
    listed = Paths(paths)
    given = {(setting.name, code) for setting in (*taken, *found) for code in setting.code}
    for file in files:
        if not is_recipe(file.path):
            continue
        folder = posixpath.dirname(file.path) or "."
        code = _copied(file, folder, listed)
        for variable, value in _recipe(file).items():
            if words.says_model(variable) and (variable, folder) not in given:
                yield value.setting(variable, file.path, code)


def _copied(file: File, folder: str, paths: Paths) -> tuple[str, ...]:
    """What a Dockerfile copies into the image of the files beside it; its folder where that is not told."""
    found: list[str] = []
    for match in _COPY.finditer(file.source.text):
        words_of_line = [word for word in re.split(r"[\s\[\],\"']+", match["sources"]) if word and not word.startswith("--")]
        for source in words_of_line[:-1]:
            path = _inside(folder, source.strip("/") or ".")
            if path is not None and path in paths:
                found.append(path)
    return tuple(dict.fromkeys(found)) or (folder,)


def _read(like: File, path: str) -> File | None:
    data = like.context.tree.read(path)
    if data is None or len(data) > MOST_BYTES:
        return None
    try:
        return File(decode(path, data), like.context, like.language)
    except NotTextError:
        return None


def _documents(file: File) -> tuple[Node, ...]:
    """What a file holds, where it has a word that all that is asked of here have."""
    if not any(word in file.source.text for word in _KEYS):
        return ()
    try:
        return nodes.read_yaml(file.source.text)
    except nodes.MalformedError:
        return ()


def _service(file: File, name: str, service: Map, paths: Sequence[str]) -> Iterator[EnvironmentSetting]:
    """The variables of a service of Compose that runs code of the scan."""
    folder = posixpath.dirname(file.path)
    build, image = service.get("build"), service.get("image")
    context = build.get("context") if isinstance(build, Map) else build
    code = _inside(folder, context.text) if isinstance(context, Scalar) else None
    if code is None and isinstance(image, Scalar):
        code = folder_of_image(image.text, paths)
    if code is None:
        return
    recipe = build.get("dockerfile") if isinstance(build, Map) else None
    given: dict[str, _Set] = {}
    made = _read(file, posixpath.join(code, recipe.text if isinstance(recipe, Scalar) else "Dockerfile"))
    given |= _recipe(made) if made is not None else {}
    for each in _items(service.get("env_file")):
        path = each.get("path") if isinstance(each, Map) else each
        if isinstance(path, Scalar):
            given |= _dotenv(file, _inside(folder, path.text))
    host = _dotenv(file, _inside(folder, ".env"))
    for variable, scalar, text in _written(service.get("environment")):
        value = _interpolated(file, scalar, text, variable, host)
        if value is not None:
            given[variable] = value
        else:
            given.pop(variable, None)
    yield from _models(file, given, f"{file.name}:{name}", code)


def _models(file: File, given: Mapping[str, _Set], owner: str, code: str) -> Iterator[EnvironmentSetting]:
    """Those of the variables of a container that hold models."""
    for variable, value in given.items():
        if words.says_model(variable) and file.identify(value.text) is not None:
            yield value.setting(variable, owner, (code,))


def _inside(folder: str, path: str) -> str | None:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return None if joined.startswith("..") or posixpath.isabs(path) else joined


def _items(node: Node | None) -> Sequence[Node]:
    return node.items if isinstance(node, List) else () if node is None else (node,)


def _written(node: Node | None) -> Iterator[tuple[str, Scalar, str | None]]:
    """The variables of a map or a list: name, where it stands, and its text, None where the host's value is handed on."""
    if isinstance(node, Map):
        for key, value in node.entries:
            if isinstance(value, Scalar):
                yield key.text, value, value.text or None
    for item in node.items if isinstance(node, List) else ():
        if isinstance(item, Scalar):
            name, equals, text = item.text.partition("=")
            yield name, item, text if equals else None


def _interpolated(file: File, scalar: Scalar, text: str | None, key: str, host: Mapping[str, _Set]) -> _Set | None:
    """A value of Compose with the variables of the project's `.env` file put in; None where one is set nowhere."""
    if text is None:
        return host.get(key)
    trail: list[Hop] = []
    complete = True

    def put(match: re.Match[str]) -> str:
        nonlocal complete
        name = match["plain"] or match["name"]
        found = host.get(name)
        if found is not None:
            trail.append(found.file.hop(found.start, found.end, f"{found.file.name} sets {name}"))
            return found.text
        if (match["rule"] or "").endswith("-"):
            return str(match["other"])
        complete = False
        return ""

    written = _REFERENCE.sub(put, text)
    return _Set(file, written, scalar.start, scalar.end, tuple(trail)) if complete else None


def _dotenv(like: File, path: str | None) -> dict[str, _Set]:
    """The variables of a `.env` file; none where it is absent."""
    file = _read(like, path) if path is not None else None
    if file is None:
        return {}
    found = _ENTRY.finditer(file.source.text)
    return {each["name"]: _Set(file, each["value"], *each.span("value")) for each in found}


def _recipe(file: File) -> dict[str, _Set]:
    """The variables that a Dockerfile sets in the image, with the defaults of its build arguments put in."""
    text = file.source.text
    arguments: dict[str, _Set] = {}
    found: dict[str, _Set] = {}
    for instruction in _INSTRUCTION.finditer(text):
        end = instruction.end()
        while (newline := text.find("\n", end)) >= 0 and text[:newline].rstrip("\r").endswith("\\"):
            end = newline + 1
        stop = len(text) if newline < 0 else newline
        pairs = list(_PAIR.finditer(text, instruction.end(), stop)) or list(_SINGLE.finditer(text, instruction.end(), stop))[:1]
        for pair in pairs:
            value = _Set(file, pair["value"], *pair.span("value"))
            reference = _REFERENCE.fullmatch(value.text)
            argument = arguments.get(reference["plain"] or reference["name"]) if reference is not None else None
            if argument is not None:
                hop = file.hop(argument.start, argument.end, "build argument")
                value = _Set(file, argument.text, value.start, value.end, (hop,))
            (arguments if instruction["kind"].upper() == "ARG" else found)[pair["name"]] = value
    return found


def _kubernetes(
    documents: dict[str, tuple[File, tuple[Node, ...]]], paths: Sequence[str], some: File
) -> Iterator[EnvironmentSetting]:
    """The variables of the containers of Kubernetes workloads, with those of the config maps that they name."""
    maps: dict[str, dict[str, _Set]] = {}
    folders: set[str] = set()
    for file, roots in (documents[path] for path in sorted(documents)):
        for root in roots:
            if isinstance(root, Map) and _text(root.get("kind")) == "ConfigMap":
                metadata, data = root.get("metadata"), root.get("data")
                name = _text(metadata.get("name")) if isinstance(metadata, Map) else None
                if name is not None and isinstance(data, Map):
                    own = maps.setdefault(name, {})
                    own |= {key: _Set(file, each.text, each.start, each.end) for key, each, _ in _named(data)}
                    folders.add(posixpath.dirname(file.path))
    beside = [path for path in paths if posixpath.dirname(path) in folders and path.endswith((".yaml", ".yml"))]
    for path in beside:
        if path in documents or (workload := _read(some, path)) is None:
            continue
        if any(word in workload.source.text for word in _REFERS):
            documents[path] = (workload, _documents(workload))
    for file, roots in (documents[path] for path in sorted(documents)):
        for root in roots:
            if isinstance(root, Map) and isinstance(root.get("kind"), Scalar):
                for container in _containers(root, 0):
                    yield from _container(file, container, maps, paths)


def _named(data: Map) -> Iterator[tuple[str, Scalar, str]]:
    return ((key.text, value, value.text) for key, value in data.entries if isinstance(value, Scalar))


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) else None


def _containers(node: Node, depth: int) -> Iterator[Map]:
    """The containers of a workload, wherever its kind puts the pod."""
    if not isinstance(node, Map) or depth > _MOST_DEPTH:
        return
    for key, value in node.entries:
        if key.text in ("containers", "initContainers") and isinstance(value, List):
            yield from (item for item in value.items if isinstance(item, Map))
        else:
            yield from _containers(value, depth + 1)


def _container(
    file: File, container: Map, maps: Mapping[str, Mapping[str, _Set]], paths: Sequence[str]
) -> Iterator[EnvironmentSetting]:
    image = _text(container.get("image"))
    folder = folder_of_image(image, paths) if image is not None else None
    if folder is None:
        return
    given: dict[str, _Set] = {}
    for source in _items(container.get("envFrom")):
        reference = source.get("configMapRef") if isinstance(source, Map) else None
        name = _text(reference.get("name")) if isinstance(reference, Map) else None
        given |= dict(maps.get(name or "", {}))
    for each in _items(container.get("env")):
        if not isinstance(each, Map) or (variable := _text(each.get("name"))) is None:
            continue
        written, origin = each.get("value"), each.get("valueFrom")
        key = origin.get("configMapKeyRef") if isinstance(origin, Map) else None
        if isinstance(written, Scalar):
            given[variable] = _Set(file, written.text, written.start, written.end)
        elif isinstance(key, Map):
            taken = maps.get(_text(key.get("name")) or "", {}).get(_text(key.get("key")) or "")
            if taken is not None:
                given[variable] = taken
    yield from _models(file, given, f"{file.name}:{_text(container.get('name')) or '?'}", folder)
