"""Reads a SARIF log into sarif-om's object model, which knows every property of every object, and fails on any other."""

from __future__ import annotations

from collections.abc import Mapping

import attr
import sarif_om  # type: ignore[import-untyped]

# (class, property) -> the class of what it holds, alone or in a list; any other property holds plain values.
_HOLDS: Mapping[tuple[str, str], str] = {
    ("SarifLog", "runs"): "Run",
    ("Run", "tool"): "Tool",
    ("Run", "automationDetails"): "RunAutomationDetails",
    ("Run", "invocations"): "Invocation",
    ("Run", "results"): "Result",
    ("Run", "properties"): "PropertyBag",
    ("Tool", "driver"): "ToolComponent",
    ("ToolComponent", "rules"): "ReportingDescriptor",
    ("ToolComponent", "notifications"): "ReportingDescriptor",
    ("ReportingDescriptor", "shortDescription"): "MultiformatMessageString",
    ("ReportingDescriptor", "fullDescription"): "MultiformatMessageString",
    ("ReportingDescriptor", "help"): "MultiformatMessageString",
    ("ReportingDescriptor", "defaultConfiguration"): "ReportingConfiguration",
    ("ReportingDescriptor", "properties"): "PropertyBag",
    ("Invocation", "toolExecutionNotifications"): "Notification",
    ("Invocation", "toolConfigurationNotifications"): "Notification",
    ("Notification", "descriptor"): "ReportingDescriptorReference",
    ("Notification", "locations"): "Location",
    ("Notification", "message"): "Message",
    ("Result", "message"): "Message",
    ("Result", "locations"): "Location",
    ("Result", "relatedLocations"): "Location",
    ("Result", "codeFlows"): "CodeFlow",
    ("Result", "fixes"): "Fix",
    ("Result", "suppressions"): "Suppression",
    ("Result", "properties"): "PropertyBag",
    ("Location", "physicalLocation"): "PhysicalLocation",
    ("Location", "logicalLocations"): "LogicalLocation",
    ("Location", "message"): "Message",
    ("PhysicalLocation", "artifactLocation"): "ArtifactLocation",
    ("PhysicalLocation", "region"): "Region",
    ("CodeFlow", "threadFlows"): "ThreadFlow",
    ("ThreadFlow", "locations"): "ThreadFlowLocation",
    ("ThreadFlowLocation", "location"): "Location",
    ("Fix", "description"): "Message",
    ("Fix", "artifactChanges"): "ArtifactChange",
    ("Fix", "properties"): "PropertyBag",
    ("ArtifactChange", "artifactLocation"): "ArtifactLocation",
    ("ArtifactChange", "replacements"): "Replacement",
    ("Replacement", "deletedRegion"): "Region",
    ("Replacement", "insertedContent"): "ArtifactContent",
    ("Suppression", "properties"): "PropertyBag",
}
# sarif-om was made from a draft in which the status of a suppression was called its state.
_NEWER: Mapping[str, set[str]] = {"Suppression": {"status"}}


def read(value: object, name: str = "SarifLog") -> object:
    """The object of a class made of a JSON value, or a list of them; a property the class does not have is a failure."""
    if isinstance(value, list):
        return [read(each, name) for each in value]
    if name == "PropertyBag":
        return value
    assert isinstance(value, dict), (name, value)
    kind = getattr(sarif_om, name)
    fields = {field.metadata["schema_property_name"]: field.name for field in attr.fields(kind)}
    unknown = set(value) - set(fields) - _NEWER.get(name, set())
    assert not unknown, f"{name} has no {unknown}"
    made = {}
    for key, each in value.items():
        if key in _NEWER.get(name, set()):
            continue
        holds = _HOLDS.get((name, key))
        made[fields[key]] = read(each, holds) if holds else each
        assert holds or not isinstance(each, dict) or key in ("partialFingerprints", "originalUriBaseIds"), (name, key)
    return kind(**made)
