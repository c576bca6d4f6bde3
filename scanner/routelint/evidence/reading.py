"""From the files of a tree to evaluation records: read, check against evidence.schema.json, compare with the policy, build."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from routelint import model_id
from routelint.catalog import Catalog
from routelint.evidence.places import in_tree, records_below
from routelint.evidence.record import Arm, Content, Pinned, Record, Records, Score
from routelint.model import Location, Span
from routelint.noninferiority import Pairs
from routelint.policy import Fault, Policy, PolicyError, nearest
from routelint.policy.fault import listing, shown
from routelint.policy.source import MapNode, ScalarNode, parse
from routelint.policy.validate import validate
from routelint.source import NotTextError, SourceTree, decode

# A record is about 1 KiB. What it names may be large, and several records may name the same rows.
MOST_RECORDS = 2_000
MOST_RECORD_BYTES = 10 * 1024 * 1024
MOST_NAMED_BYTES = 256 * 1024 * 1024


def load(tree: SourceTree, policy: Policy, catalog: Catalog) -> Records | None:
    """The records below the folder that the policy names, and what the datasets hold; None where no workload is declared.

    Without workloads nothing can be evidence, and a folder of the same name belongs to another tool.
    """
    if not policy.workloads:
        return None
    folder = in_tree(policy.evidence.folder, policy)
    reading = _Reading(tree, policy, catalog)
    for workload in policy.workloads:
        if workload.evaluation is not None:
            place = workload.evaluation.location or Location(policy.path or "")
            reading.remember(workload.evaluation.dataset, place)
    if folder is not None:
        for number, path in enumerate(records_below(folder, tree.paths())):
            if number >= MOST_RECORDS:
                reading.faults.append(Fault(path, 1, 1, f"more than {MOST_RECORDS} records", "fewer; older ones may go"))
                break
            reading.read(path)
    records = sorted(reading.records, key=lambda each: (each.workload, each.on, each.location))
    return Records(tuple(records), reading.contents, tuple(sorted(set(reading.faults))), folder is not None)


class _Reading:
    """The records read so far, what is wrong with others, and what the files they speak of hold."""

    def __init__(self, tree: SourceTree, policy: Policy, catalog: Catalog) -> None:
        self.tree, self.policy, self.catalog = tree, policy, catalog
        self.records: list[Record] = []
        self.faults: list[Fault] = []
        self.contents: dict[str, Content | None] = {}
        self._places: dict[str, Content | None] = {}
        self._paths: frozenset[str] | None = None
        self._record_bytes, self._named_bytes = MOST_RECORD_BYTES, MOST_NAMED_BYTES

    def remember(self, path: str, location: Location) -> None:
        """Notes what a path of the policy, named at `location`, holds today."""
        place = in_tree(path, self.policy)
        if place is None or path in self.contents:
            return
        if place not in self._places:
            self._places[place] = self.look(place, location)
        self.contents[path] = self._places[place]

    def look(self, place: str, location: Location) -> Content | None:
        data = self.tree.read(place)
        if data is not None:
            return Content.of(data) if self.affords(data, location) else Content()
        if self._paths is None:
            self._paths = frozenset(self.tree.paths())
        # What is there and cannot be read, or is larger than is read, is not missing.
        return Content() if place in self._paths else None

    def affords(self, data: bytes, location: Location) -> bool:
        """Whether a file that a record names may still be worked through."""
        self._named_bytes -= len(data)
        if self._named_bytes < 0:
            self.fault(
                location, f"the records name more than {MOST_NAMED_BYTES // 2**20} MiB of files", "fewer or smaller ones"
            )
        return self._named_bytes >= 0

    def fault(self, location: Location, fact: str, expected: str = "", near: str = "") -> None:
        span = location.span
        self.faults.append(Fault(location.path, span.start_line, span.start_column, fact, expected, near))

    def read(self, path: str) -> None:
        """Reads one record; a faulty one is not kept."""
        before = len(self.faults)
        data = self.tree.read(path)
        if data is None:
            self.fault(Location(path), "cannot read the record: it is unreadable or too large", "a small JSON or YAML file")
            return
        self._record_bytes -= len(data)
        if self._record_bytes < 0:
            self.fault(
                Location(path), f"the records are more than {MOST_RECORD_BYTES // 2**20} MiB", "smaller ones; rows apart"
            )
            return
        try:
            text = decode(path, data).text
            if path.lower().endswith(".json"):
                # YAML takes no tab for indentation, JSON does; and none can stand in a text of JSON.
                text = text.replace("\t", " ")
            root, faults = parse(text, path, "record")
        except NotTextError as error:
            self.fault(Location(path), f"cannot read the record: {error}", "a JSON or YAML file in UTF-8")
            return
        except PolicyError as error:
            self.faults.extend(error.faults)
            return
        self.faults.extend([*faults, *validate(root, path, "evidence")])
        if len(self.faults) == before:
            record = self.build(root)
            self.check(record, root)
            record = self.with_pairs(record, root)
            if len(self.faults) == before:
                self.records.append(record)
                for pinned in (record.dataset, record.prompt):
                    if pinned is not None and pinned.path is not None:
                        self.remember(pinned.path, pinned.location)

    def build(self, root: MapNode) -> Record:
        """What a valid tree says."""
        workload = _text(root, "workload")
        return Record(
            workload=workload,
            on=date.fromisoformat(_text(root, "date")),
            metric=_text(root, "metric"),
            sample_size=int(_number(root, "sample_size") or 0),
            dataset=_pinned(root, "dataset", workload),
            to_arm=self.arm(root, "to", workload),
            location=_place(root, "date", workload),
            from_arm=self.arm(root, "from", workload) if root.get("from") is not None else None,
            prompt=_pinned(root, "prompt", workload) if root.get("prompt") is not None else None,
            tool=_text(root, "tool") or None,
        )

    def arm(self, root: MapNode, key: str, workload: str) -> Arm:
        node = root.map(key)
        model = _text(node, "model")
        score, latency, tokens = node.map("score"), node.map("latency_ms"), node.map("tokens")
        return Arm(
            model,
            identity_of(model, self.catalog),
            Score(
                _number(score, "value") or 0.0,
                _number(score, "low"),
                _number(score, "high"),
                _number(score, "confidence") or 0.95,
            ),
            _place(node, "model", workload, key),
            _number(latency, "p50"),
            _number(latency, "p95"),
            _whole(tokens, "input"),
            _whole(tokens, "output"),
            _number(node, "cost_usd"),
        )

    def check(self, record: Record, root: MapNode) -> None:
        """What no schema can say: names that exist, numbers that fit one another, paths that stay in the repository."""
        if self.policy.workload(record.workload) is None:
            known = [each.name for each in self.policy.workloads]
            near = nearest(record.workload, known)
            fact = f"workload {shown(record.workload)} is not declared in the policy"
            self.fault(root.entries["workload"].node.location, fact, f"one of {listing(known)}", f"'{near}'" if near else "")
        for key in ("from", "to"):
            self.check_arm(root.map(key), key)
        for node in (root.map("dataset"), root.map("prompt"), root):
            key = "samples" if node is root else "path"
            path = node.scalar(key)
            if path is not None and ".." in path.text.split("/"):
                self.fault(path.location, f"{key} is {shown(path.text)}", "a path in the repository, without '..'")

    def check_arm(self, node: MapNode, key: str) -> None:
        score, latency = node.map("score"), node.map("latency_ms")
        low, value, high = (_number(score, name) for name in ("low", "value", "high"))
        if (low is None) is not (high is None):
            self.fault(score.location, f"{key}.score has one limit of its interval", "both 'low' and 'high', or neither")
        elif low is not None and value is not None and high is not None and not low <= value <= high:
            fact = f"{key}.score.value is {value:g}, outside its interval from {low:g} to {high:g}"
            self.fault(score.location, fact, "low <= value <= high")
        p50, p95 = _number(latency, "p50"), _number(latency, "p95")
        if p50 is not None and p95 is not None and p50 > p95:
            self.fault(latency.location, f"{key}.latency_ms.p50 is {p50:g}, above the p95 of {p95:g}", "p50 <= p95")

    def with_pairs(self, record: Record, root: MapNode) -> Record:
        """The record with its paired results, written in it or counted from rows."""
        pairs, samples = root.entries.get("pairs"), root.entries.get("samples")
        given = samples or pairs
        if given is None:
            return record
        if record.from_arm is None:
            self.fault(given.location, f"'{given.key}' stands in a record of one model", "the model compared with, as 'from'")
            return record
        if samples is None:
            counts = root.map("pairs")
            both, from_only, to_only, neither = (_whole(counts, name) or 0 for name in Pairs._fields)
            return self.sized(record, Pairs(both, from_only, to_only, neither), given.location)
        if pairs is not None:
            self.fault(samples.location, "'samples' stands beside 'pairs'", "one of them")
            return record
        path = _text(root, "samples")
        place = in_tree(path, self.policy)
        if place is None:
            return replace(record, pairs_unread=True)
        data = self.tree.read(place)
        if data is None:
            self.fault(samples.node.location, f"there is no readable file {shown(path)}", "a JSONL or CSV file of rows")
            return record
        if not self.affords(data, samples.node.location):
            return record
        from routelint.evidence import rows  # csv and json, for records that have rows

        before = len(self.faults)
        counted, faults = rows.count(place, data)
        self.faults.extend(faults)
        return record if len(self.faults) > before else self.sized(record, counted, given.location)

    def sized(self, record: Record, pairs: Pairs, location: Location) -> Record:
        if pairs.size != record.sample_size:
            fact = f"the pairs are {pairs.size} samples and sample_size is {record.sample_size}"
            self.fault(location, fact, "as many pairs as samples")
        return replace(record, pairs=pairs)


def identity_of(text: str, catalog: Catalog) -> str:
    """What a model is compared by, from any spelling of it: its id in the catalog, else the id without scope and ARN."""
    model = catalog.find(text)
    if model is not None:
        return model.id
    reading = model_id.read(text)
    return text if reading is None else reading.base


def _text(node: MapNode, key: str) -> str:
    found = node.scalar(key)
    return "" if found is None else found.text


def _number(node: MapNode, key: str) -> float | None:
    found = node.scalar(key)
    return float(found.value) if found is not None and isinstance(found.value, (int, float)) else None


def _whole(node: MapNode, key: str) -> int | None:
    number = _number(node, key)
    return None if number is None else int(number)


def _pinned(root: MapNode, key: str, workload: str) -> Pinned:
    node = root.map(key)
    digest = _text(node, "sha256").removeprefix("sha256:").lower()
    return Pinned(_text(node, "path") or None, digest, _place(node, "sha256", workload, key))


def _place(node: MapNode, key: str, workload: str, *above: str) -> Location:
    """From a key to the end of its value; the symbol names the record's part and outlives edits."""
    entry = node.entries[key]
    start, end = entry.location.span, entry.node.location.span
    span = Span(start.start_line, start.start_column, end.end_line, end.end_column)
    if not isinstance(entry.node, ScalarNode):
        span = start
    return Location(entry.location.path, span, ".".join(("evidence", workload, *above, key)))
