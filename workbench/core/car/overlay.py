"""The overlay: what people know about a car's properties that its catalogue file doesn't say."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from workbench.core.car.entries import Finite, Value

Access = Literal["get", "set"]
SpokenAccess = Literal["get", "set", "both", "never"]
DriverSide = Literal["left", "right"]


class _Overlay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AreaOverlay(_Overlay):
    """What the overlay adds to one area; an empty field keeps the property's own."""

    zero: str = ""
    plus: str = ""
    minus: str = ""
    minimum: Finite | None = None
    maximum: Finite | None = None
    initial: Any = None
    words: str = ""


class PropertyOverlay(AreaOverlay):
    """What the overlay adds to a property with a certain name and type.

    category: group for lists ("climate"). label: what people call it. unit: the value's unit.
    area_kind: a key of `area_kinds`. step: the smallest change. values: names of values. legal: the
    legal values if the file lists none. zero, plus, minus: what 0, a positive and a negative value
    mean. initial: the simulated vehicle's value, initial_by_side: where the driver's side decides
    it. advisory: the range is a recommendation, not a limit. spoken: whether people ask to get or
    set it. weight: how often, relative to the others.
    """

    category: str = "other"
    label: str = ""
    unit: str = ""
    area_kind: str = ""
    step: Finite | None = None
    values: dict[str, str] = {}
    legal: tuple[Value, ...] = ()
    initial_by_side: dict[DriverSide, Value] = {}
    advisory: bool = False
    spoken: SpokenAccess = "both"
    weight: float = 1.0
    areas: dict[str, AreaOverlay] = {}


class AreaKind(_Overlay):
    """A family of area ids (seats, doors, …): bit masks, each bit with its words.

    match: words in a file's area description that identify the kind if the overlay doesn't.
    driver, passenger: the bit of the driver and the front passenger, by driver's side.
    """

    match: tuple[str, ...] = ()
    words: dict[int, str] = {}
    driver: dict[DriverSide, int] = {}
    passenger: dict[DriverSide, int] = {}


class FunctionOverlay(_Overlay):
    """What a function does: get or set, and the property type it is for."""

    kind: Access
    type: str


class Dependency(_Overlay):
    """Properties that are available in an area only while another one has a value there.

    properties: their names. need: the other property's name. value: what it must be, in the same
    area, or if it has no such area, in one that it shares a part with.
    """

    properties: tuple[str, ...]
    need: str
    value: Value


class Overlay(_Overlay):
    """The overlay file: area kinds, functions, properties by name and type, and what depends on
    what.
    """

    functions: dict[str, FunctionOverlay] = {}
    area_kinds: dict[str, AreaKind] = {}
    properties: dict[str, dict[str, PropertyOverlay]] = {}
    dependencies: tuple[Dependency, ...] = ()
