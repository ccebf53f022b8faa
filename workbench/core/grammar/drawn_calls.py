"""From what was drawn to a tool call."""

from typing import Any

from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.levels import typed
from workbench.core.car.overlay import Access
from workbench.core.samples import ToolCall


def drawn_call(
    catalog: Catalog, prop: Property, access: Access, area: int, value: Any = None
) -> ToolCall:
    """Return the call that reads a property in an area, or sets it to a value."""
    function = catalog.function_for[access, prop.type]
    given = {"propertyName": prop.name, "areaId": area, "value": value}
    names = [name for name in function.parameters if name in given]
    if access == "get":
        names = [name for name in names if name != "value"]
    return ToolCall(function.name, {name: given[name] for name in names})


def setting(catalog: Catalog, prop: Property, area: int, value: Any) -> ToolCall:
    """Return the call that sets a property, with the value in its type."""
    return drawn_call(catalog, prop, "set", area, typed(value, prop.type))
