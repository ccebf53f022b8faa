"""Objections of the grounding stage, for tests."""

import pytest
from verifying import verify

from workbench.core.samples import Sample, ToolCall


@pytest.fixture
def objections(catalog):
    """Give the warnings about a query with calls: (property, area, value), no value for a read."""

    def found(query, calls):
        answers = tuple(_call(catalog, *one) for one in calls)
        return [
            finding
            for finding in verify(Sample(query, answers), catalog, ["grounding"]).findings
            if finding.severity == "warning"
        ]

    return found


def _call(catalog, name, area, value=None):
    kind = "get" if value is None else "set"
    function = catalog.function_for[kind, catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})
