"""The vehicle's catalogue: properties, areas and functions, plus the overlay of extra facts.

A catalogue file lists what a car reports about itself; the overlay adds what people know about the
same properties (units, names of values, what minus means); a `Catalog` joins both. The raw entries
are kept as well, because records contain them verbatim.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, floor
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from workbench.core.car.described import names_in, step_in, unit_in, zero_in
from workbench.core.car.entries import AreaProfile, FunctionEntry, Number, PropertyEntry, explain
from workbench.core.car.listing import PropertyLists
from workbench.core.car.overlay import (
    Access,
    AreaKind,
    AreaOverlay,
    Dependency,
    DriverSide,
    FunctionOverlay,
    Overlay,
    PropertyOverlay,
    SpokenAccess,
)

HOLDS: Mapping[str, tuple[Number, Number]] = {
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
    "Float": (-3.4028234663852886e38, 3.4028234663852886e38),
}
"""The smallest and the largest number of each data type."""

_Entry = TypeVar("_Entry", PropertyEntry, FunctionEntry)


class CatalogError(ValueError):
    """A catalogue, functions or overlay entry that can't be used."""


@dataclass(frozen=True, slots=True)
class Area:
    """A place a property applies to, overlay included.

    words: the place as people say it. minimum, maximum: inclusive, None if unlimited.
    values: the legal values, empty if any in range is legal. zero, plus, minus: their meaning.
    """

    id: int
    words: str
    description: str = ""
    minimum: Number | None = None
    maximum: Number | None = None
    values: tuple[Any, ...] = ()
    zero: str = ""
    plus: str = ""
    minus: str = ""
    initial: Any = None


@dataclass(frozen=True, slots=True)
class Property:
    """A vehicle property, overlay included. `type` is a data type of the file, such as Float.

    continuous: its value changes all the time, such as the speed.
    """

    name: str
    description: str
    type: str
    readable: bool
    writable: bool
    static: bool
    areas: Mapping[int, Area]
    category: str = "other"
    label: str = ""
    unit: str = ""
    area_kind: str = ""
    step: Number | None = None
    value_names: Mapping[Any, str] = field(default_factory=dict)
    advisory: bool = False
    spoken: SpokenAccess = "both"
    weight: float = 1.0
    continuous: bool = False

    @property
    def changes_itself(self) -> bool:
        """Whether its value may change without a call: it is measured rather than set."""
        return self.continuous or not (self.writable or self.static)

    def spoken_as(self, access: Access) -> bool:
        """Whether people ask for this kind of access, and the vehicle allows it."""
        allowed = self.readable if access == "get" else self.writable and not self.static
        return allowed and self.spoken in (access, "both")


@dataclass(frozen=True, slots=True)
class Function:
    """A callable function. parameters: JSON schema by name, in the file's order.

    type: of the properties that it is for; "" for the one that lists properties.
    """

    name: str
    description: str
    kind: Access
    type: str
    parameters: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]


@dataclass(frozen=True, order=True, slots=True)
class Cell:
    """A unit of coverage: one property in one area, read or changed."""

    property: str
    area: int
    access: Access


@dataclass(frozen=True)
class Catalog:
    """Everything known about one vehicle, and nothing else.

    dependencies: what some properties need of another one to be available, by their names.
    lists: the categories of properties, and the function that lists them, which is one of
    `functions` only where the car is said to have it; see `with_lists`.
    """

    properties: Mapping[str, Property]
    functions: Mapping[str, Function]
    area_kinds: Mapping[str, AreaKind]
    driver_side: DriverSide
    raw_properties: tuple[dict[str, Any], ...]
    raw_functions: tuple[dict[str, Any], ...]
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)
    lists: PropertyLists | None = None

    @cached_property
    def selected(self) -> dict[Any, frozenset[int]]:
        """The areas that places were found to stand for, by property and place."""
        return {}

    @cached_property
    def function_for(self) -> Mapping[tuple[Access, str], Function]:
        """The function by what it does and the property type it is for."""
        return {(f.kind, f.type): f for f in reversed(list(self.functions.values()))}

    @cached_property
    def spoken_cells(self) -> tuple[Cell, ...]:
        """The cells that people talk about and a function serves, in catalogue order."""
        return tuple(self._spoken_cells())

    def _spoken_cells(self) -> Iterator[Cell]:
        accesses: tuple[Access, Access] = ("get", "set")
        for prop in self.properties.values():
            for access in accesses:
                if prop.spoken_as(access) and (access, prop.type) in self.function_for:
                    yield from (Cell(prop.name, area, access) for area in prop.areas)

    def lists_by(self, function: str) -> PropertyLists | None:
        """The categories, if a function of this name lists their properties here."""
        lists = self.lists
        return lists if lists and lists.function == function in self.functions else None

    def listed(self, category: str | None) -> tuple[dict[str, Any], ...]:
        """The raw entries of a category's properties, in the catalogue's order; None: of all."""
        return tuple(
            raw
            for raw in self.raw_properties
            if self.lists is None or self.lists.lists(category, raw["propertyName"])
        )

    def driver_area(self, prop: Property) -> int | None:
        """The area at the driver's seat, or None if the property has no such area.

        With combined areas it is the smallest that includes the driver's.
        """
        return self._seat_area(prop, "driver")

    def passenger_area(self, prop: Property) -> int | None:
        """The area at the front passenger's seat, or None; see `driver_area`."""
        return self._seat_area(prop, "passenger")

    def _seat_area(self, prop: Property, who: Literal["driver", "passenger"]) -> int | None:
        kind = self.area_kinds.get(prop.area_kind)
        bit = getattr(kind, who).get(self.driver_side) if kind else None
        covering = [area for area in prop.areas if bit and area & bit]
        return min(covering, key=lambda area: (area.bit_count(), area), default=None)


def build_catalog(
    raw_properties: list[dict[str, Any]],
    raw_functions: list[dict[str, Any]],
    overlay: Overlay,
    driver_side: DriverSide = "left",
    lists: PropertyLists | None = None,
) -> Catalog:
    """Join catalogue entries and overlay. If entries share a name, the first counts.

    lists: the car has the function that lists properties if `raw_functions` does.

    Raises `CatalogError` for an entry in the wrong format, or a function whose purpose is unclear.
    """
    properties: dict[str, Property] = {}
    for index, raw in enumerate(raw_properties):
        entry = _validated(PropertyEntry, raw, f"entry {index} ({raw.get('propertyName')})")
        properties.setdefault(entry.name, property_of(entry, overlay, driver_side))
    functions: dict[str, Function] = {}
    for raw in raw_functions:
        function = _function(raw, overlay, lists)
        functions.setdefault(function.name, function)
    return Catalog(
        properties,
        functions,
        overlay.area_kinds,
        driver_side,
        tuple(raw_properties),
        tuple(raw_functions),
        {name: one for one in overlay.dependencies for name in one.properties},
        lists,
    )


def with_lists(catalog: Catalog) -> Catalog:
    """Return the catalogue of the same car with the function that lists its properties."""
    lists = catalog.lists
    if lists is None or lists.function in catalog.functions:
        return catalog
    raw = lists.raw_function
    function = _function(raw, Overlay(), lists)
    return replace(
        catalog,
        functions={**catalog.functions, function.name: function},
        raw_functions=(*catalog.raw_functions, raw),
    )


def without_lists(catalog: Catalog) -> Catalog:
    """Return the catalogue of the same car without the function that lists its properties."""
    lists = catalog.lists
    if lists is None or lists.function not in catalog.functions:
        return catalog
    return replace(
        catalog,
        functions={n: one for n, one in catalog.functions.items() if n != lists.function},
        raw_functions=tuple(r for r in catalog.raw_functions if r.get("name") != lists.function),
    )


def _validated(model: type[_Entry], raw: dict[str, Any], what: str) -> _Entry:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise CatalogError(f"{what}: {explain(error)}") from None


def property_of(
    entry: PropertyEntry, overlay: Overlay, driver_side: DriverSide = "left"
) -> Property:
    """Join an entry with what the overlay adds, or else its description."""
    extra = known_of(entry, overlay)
    if driver_side in extra.initial_by_side:
        extra = extra.model_copy(update={"initial": extra.initial_by_side[driver_side]})
    kind_name = extra.area_kind or _guess_kind(entry, overlay)
    kind = overlay.area_kinds.get(kind_name, AreaKind())
    areas: dict[int, Area] = {}
    for profile in entry.areas:
        areas.setdefault(profile.id, _area(profile, extra, kind, entry.type))
    return Property(
        name=entry.name,
        description=entry.description,
        type=entry.type,
        readable=entry.access != "WriteOnly",
        writable=entry.access != "ReadOnly",
        static=entry.change_mode == "Static",
        areas=areas,
        category=extra.category,
        label=extra.label or entry.name.replace("_", " ").lower(),
        unit=extra.unit,
        area_kind=kind_name,
        step=extra.step if extra.step and extra.step > 0 else None,
        value_names={_key(key): name for key, name in extra.values.items()},
        advisory=extra.advisory,
        spoken=extra.spoken,
        weight=extra.weight,
        continuous=entry.change_mode == "Continuous",
    )


def known_of(entry: PropertyEntry, overlay: Overlay) -> PropertyOverlay:
    """Return what the overlay says about an entry, else what its description says."""
    return overlay.properties.get(entry.name, {}).get(entry.type) or _described(entry)


def _described(entry: PropertyEntry) -> PropertyOverlay:
    """Read what the overlay lacks from a property's description."""
    legal = {value for profile in entry.areas for value in profile.values}
    names = names_in(entry.description, legal)
    ranged = any(profile.minimum is not None for profile in entry.areas)
    step = step_in(entry.description)
    if step is None and entry.type in ("Integer", "Long") and ranged:
        step = 1
    return PropertyOverlay(
        unit=unit_in(entry.description),
        step=step,
        zero="" if legal or not ranged else zero_in(entry.description),
        values={str(value): name for value, name in names.items()},
    )


def _area(profile: AreaProfile, extra: PropertyOverlay, kind: AreaKind, entry_type: str) -> Area:
    own = extra.areas.get(str(profile.id), AreaOverlay())

    def pick(name: str) -> Any:
        return getattr(own, name) or getattr(extra, name)

    def bound(name: str) -> Number | None:
        given: Number | None = getattr(profile, name)
        added: Number | None = getattr(own, name)
        if given is not None:
            return given
        inherited: Number | None = getattr(extra, name)
        return added if added is not None else inherited

    low, high = bound("minimum"), bound("maximum")
    if entry_type in HOLDS:
        least, greatest = HOLDS[entry_type]
        low = low if low is None else max(low, least)
        high = high if high is None else min(high, greatest)
    values = profile.values or extra.legal
    if entry_type in ("Integer", "Long"):  # between whole numbers nothing is legal
        low, high = (low if low is None else ceil(low)), (high if high is None else floor(high))
        values = tuple(int(v) if isinstance(v, float) and v.is_integer() else v for v in values)
    return Area(
        id=profile.id,
        words=own.words or area_words(profile.id, kind) or profile.description,
        description=profile.description,
        minimum=low,
        maximum=high,
        values=values,
        zero=pick("zero"),
        plus=pick("plus"),
        minus=pick("minus"),
        initial=own.initial if own.initial is not None else extra.initial,
    )


def area_words(area: int, kind: AreaKind) -> str:
    """Return an area id in words, bit by bit ("left mirror and right mirror"), or ""."""
    if area in kind.words:
        return kind.words[area]
    bits = {bit: words for bit, words in kind.words.items() if bit.bit_count() == 1}
    covering = [bit for bit in bits if area & bit]
    return " and ".join(bits[bit] for bit in covering) if sum(covering) == area else ""


def _guess_kind(entry: PropertyEntry, overlay: Overlay) -> str:
    text = " ".join(profile.description for profile in entry.areas).lower()
    for name, kind in overlay.area_kinds.items():
        if any(word in text for word in kind.match):
            return name
    return ""


def _key(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


def _function(raw: dict[str, Any], overlay: Overlay, lists: PropertyLists | None) -> Function:
    entry = _validated(FunctionEntry, raw, f"function {raw.get('name')}")
    names = entry.parameters.properties
    known = overlay.functions.get(entry.name)
    if known is None and lists is not None and entry.name == lists.function:
        known = FunctionOverlay(kind="get", type="")
    known = known or _guess_function(entry.name, names)
    return Function(
        name=entry.name,
        description=entry.description,
        kind=known.kind,
        type=known.type,
        parameters={n: raw["parameters"]["properties"][n] for n in names},
        required=entry.parameters.required,
    )


def _guess_function(name: str, parameters: Collection[str]) -> FunctionOverlay:
    """Guess a function that the overlay lacks from its `value` parameter and its name."""
    types = {"Boolean": "Boolean", "Long": "Long", "Float": "Float", "String": "String"}
    types |= {"Integer": "Integer", "Int": "Integer"}
    for word, data_type in types.items():
        if word.lower() in name.lower():
            array = "array" in name.lower()
            suffix = {"Integer": "IntArray"}.get(data_type, f"{data_type}Array")
            kind: Access = "set" if "value" in parameters else "get"
            return FunctionOverlay(kind=kind, type=suffix if array else data_type)
    raise CatalogError(
        f"function {name!r}: cannot tell which property type it is for; "
        "name it in the overlay's [functions] table"
    )
