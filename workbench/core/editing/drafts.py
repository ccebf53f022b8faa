"""Drafts: calls built from choices, so that a form always makes a call the car accepts."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from workbench.core.car.call_rules import convert, meant_area, named_value
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.overlay import Access
from workbench.core.car.vehicle import initial_value
from workbench.core.checks import PLAIN_STAGES, Verifier
from workbench.core.samples import Sample, StateValue, ToolCall

_ACCESSES: tuple[Access, Access] = ("get", "set")


def property_of(call: ToolCall, catalog: Catalog) -> Property | None:
    """Return the property that a call names, if the vehicle has it."""
    name = call.arguments.get("propertyName")
    return catalog.properties.get(name) if isinstance(name, str) else None


def area_of(call: ToolCall, catalog: Catalog) -> Area | None:
    """Return the area that a call names, if its property has it."""
    prop, area = property_of(call, catalog), call.arguments.get("areaId")
    return prop.areas.get(area) if prop and type(area) is int else None


def access_of(call: ToolCall, catalog: Catalog) -> Access:
    """Return whether a call reads or changes; for an unknown function, judged by its arguments."""
    function = catalog.functions.get(call.name)
    if function:
        return function.kind
    return "set" if "value" in call.arguments else "get"


def legal_accesses(prop: Property, catalog: Catalog) -> tuple[Access, ...]:
    """Return what can be done with a property, and has a function."""
    allowed = {"get": prop.readable, "set": prop.writable and not prop.static}
    return tuple(a for a in _ACCESSES if allowed[a] and (a, prop.type) in catalog.function_for)


def new_call(
    prop: Property, catalog: Catalog, access: Access | None = None, *, fill: bool = True
) -> ToolCall:
    """Return a first call for a property: a change if possible, at the driver's seat.

    fill: whether it gets a legal value, or none, for whoever writes it to choose.
    """
    legal = legal_accesses(prop, catalog)
    wanted = access if access in legal else "set" if "set" in legal else "get"
    area = catalog.driver_area(prop)
    area_id = next(iter(prop.areas), 0) if area is None else area
    return _built(prop, wanted, area_id, None, catalog, fill)


def with_property(
    call: ToolCall, prop: Property, catalog: Catalog, *, fill: bool = True
) -> ToolCall:
    """Return the call for another property, with its function; whatever is still legal is kept.

        An area that the property lacks becomes the one at the same place, else the driver's; a
    value that the property cannot take is converted if only one can be meant, else replaced by the
    initial one (fill), or left out.
    """
    access = access_of(call, catalog)
    legal = legal_accesses(prop, catalog)
    if legal and access not in legal:
        access = legal[0]
    area = same_place(call, prop, catalog)
    area_id = area.id if area else new_call(prop, catalog).arguments["areaId"]
    built = _built(prop, access, area_id, call.arguments.get("value"), catalog, fill)
    return replace(built, extra=call.extra)


def same_place(call: ToolCall, prop: Property, catalog: Catalog) -> Area | None:
    """Find the property's area at the same place as the call's.

    Ids mean different places in different kinds of area: 16 is a rear seat, but a front window.
    """
    area_id, area = call.arguments.get("areaId"), area_of(call, catalog)
    if type(area_id) is not int:
        return None
    old = property_of(call, catalog)
    if area and old and old.area_kind != prop.area_kind:
        place = area.words.rpartition(" ")[0]
        beside = [a for a in prop.areas.values() if a.words.rpartition(" ")[0] == place]
        return beside[0] if len(beside) == 1 else None
    return prop.areas.get(area_id) or meant_area(area_id, prop, catalog)


def with_access(call: ToolCall, access: Access, catalog: Catalog, value: Any = None) -> ToolCall:
    """Return the call as a read or a change of the same property and area.

    value: what to set, if legal; otherwise the call has no value, because any might be the opposite
    of what is asked for.
    """
    prop = property_of(call, catalog)
    if prop is None:
        return call
    value = call.arguments.get("value", value)
    first = new_call(prop, catalog).arguments["areaId"]
    built = _built(prop, access, call.arguments.get("areaId", first), value, catalog, False)
    return replace(built, extra=call.extra)


def lacks_value(call: ToolCall, catalog: Catalog) -> bool:
    """Whether a call of a known property sets nothing, because it has no value."""
    known = property_of(call, catalog) is not None
    return known and access_of(call, catalog) == "set" and "value" not in call.arguments


def with_argument(call: ToolCall, name: str, value: Any, catalog: Catalog) -> ToolCall:
    """Return the call with an argument set, using the property's own function.

    A new argument gets its place in the function's order.
    """
    arguments = {**call.arguments, name: value}
    prop, function = property_of(call, catalog), catalog.functions.get(call.name)
    if prop and (function is None or function.type != prop.type):
        function = catalog.function_for.get((access_of(call, catalog), prop.type), function)
    if function and name not in call.arguments:
        order = [*function.parameters, *arguments]
        arguments = {key: arguments[key] for key in dict.fromkeys(order) if key in arguments}
    name = function.name if function else call.name
    return replace(call, name=name, arguments=arguments)


def _built(
    prop: Property, access: Access, area_id: Any, value: Any, catalog: Catalog, fill: bool
) -> ToolCall:
    function = catalog.function_for.get((access, prop.type))
    arguments: dict[str, Any] = {"propertyName": prop.name, "areaId": area_id}
    if access == "set":
        arguments["value"] = value
    name = function.name if function else f"{access}{prop.type}Property"
    call = ToolCall(name, arguments)
    if access == "set" and not _takes(call, catalog):
        area = area_of(call, catalog) or next(iter(prop.areas.values()), Area(0, ""))
        # Adding a call means something should happen, so a switch starts as on.
        first = True if prop.type == "Boolean" else initial_value(prop, area)
        for other in (*_other_values(value, prop), *([first] if fill else [])):
            call = ToolCall(name, {**arguments, "value": other})
            if _takes(call, catalog):
                return call
        if not fill:
            del arguments["value"]
            return ToolCall(name, arguments)
    return call


def _takes(call: ToolCall, catalog: Catalog) -> bool:
    """Whether the checks find no error in the call's value."""
    findings = Verifier(catalog, stages=PLAIN_STAGES).errors(Sample("x", (call,)))
    return not any(finding.argument == "value" for finding in findings)


def _other_values(value: Any, prop: Property) -> Iterator[Any]:
    kinds = {"Boolean": "boolean", "Float": "number", "Integer": "integer", "Long": "integer"}
    for meant in (named_value(value, prop), convert(value, kinds.get(prop.type, ""))):
        if meant is not None:
            yield meant


def call_of_state(one: StateValue) -> ToolCall:
    """Return a value of the first state as a call that sets it, for a form to show."""
    return ToolCall("", {"propertyName": one.property, "areaId": one.area, "value": one.value})


def state_of_call(call: ToolCall) -> StateValue:
    """Return what `call_of_state` made a call of, with its arguments as they are now."""
    name, area, value = (call.arguments.get(key) for key in ("propertyName", "areaId", "value"))
    return StateValue(str(name), area if type(area) is int else 0, value)
