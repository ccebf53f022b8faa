"""The labelling policy: what a request means if its words leave that open.

One file decides, so that the data doesn't contradict itself; it is rendered into the prompts, and
the offline engine follows it.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from workbench.core.car.catalog import Catalog, Property

PolicyPlace = Literal["driver", "passenger", "all"] | int
"""The areas meant: the driver's, the front passenger's, all of them, or one area id."""

PolicyEnd = Literal["highest", "lowest"]
"""The end meant of a property's levels above zero or below it."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceRule(_Strict):
    """Which areas a request without a place means. get, set: if reading and changing differ."""

    get: PolicyPlace
    set: PolicyPlace
    why: str = ""


class Degree(_Strict):
    """What words of degree mean: a fraction of the range named, a level, or a number of steps.

    In a range with a zero between minus and plus, the fraction is of the branch meant: "half" of a
    sunroof that goes from -10 to 10 is 5. level counts the levels of that branch, without zero if
    it means off: 1 is the lowest, -1 the highest, 0 the one in the middle.
    """

    words: tuple[str, ...]
    fraction: float | None = None
    level: int | None = None
    steps: int | None = None


class Need(_Strict):
    """An implicit need ("I'm freezing"), the property that serves it and the value to set.

    personal: the words are about the speaker, so the area is the speaker's seat. area: the area it
    is about, if the words say so.
    """

    words: tuple[str, ...]
    property: str
    type: str
    value: Any
    personal: bool = False
    area: int | None = None
    why: str = ""


class Relative(_Strict):
    """How far a relative wish goes from the value that was read, in the property's own unit.

    little: "a bit warmer". plain: "warmer". much: "much warmer". The value is held to the range.
    """

    little: float
    plain: float
    much: float


class Amounts(_Strict):
    """The words by which a relative wish is a little or much; without any of them it is plain."""

    little: tuple[str, ...] = ()
    much: tuple[str, ...] = ()


class Unclear(_Strict):
    """Words that leave open which of several is meant, so that the assistant asks back.

    place: they name one place of several without saying which. properties: what they may be about,
    if it is the property that they leave open. why: for people.
    """

    words: tuple[str, ...]
    place: bool = False
    properties: tuple[str, ...] = ()
    why: str = ""


class Usual(_Strict):
    """Words that name what several properties have in common, and the property they mean."""

    words: tuple[str, ...]
    property: str
    why: str = ""


class Policy(_Strict):
    """The policy file: places, degrees, needs, and rules in sentences (for people and prompts).

    without_degree: how far a property goes if the words give a direction only ("open it").

    For conversations: relative, how far a relative wish goes, by property; amounts, its words;
    unclear, what is asked back; usual, which of several properties isn't; conversation_rules, in
    sentences.
    """

    default_place: PlaceRule
    places: dict[str, PlaceRule] = {}
    degrees: tuple[Degree, ...] = ()
    without_degree: dict[str, PolicyEnd] = {}
    needs: tuple[Need, ...] = ()
    rules: tuple[str, ...] = ()
    relative: dict[str, Relative] = {}
    amounts: Amounts = Amounts()
    unclear: tuple[Unclear, ...] = ()
    usual: tuple[Usual, ...] = ()
    conversation_rules: tuple[str, ...] = ()


def areas_without_place(
    policy: Policy, catalog: Catalog, prop: Property, access: Literal["get", "set"]
) -> tuple[int, ...]:
    """Return the area ids that a request without a place means, in catalogue order.

    A property with one area means that one. If the rule names an area that this catalogue lacks,
    all areas are meant.
    """
    if len(prop.areas) == 1:
        return tuple(prop.areas)
    rule = policy.places.get(prop.name, policy.default_place)
    place: PolicyPlace = rule.get if access == "get" else rule.set
    area: int | None
    if place == "driver":
        area = catalog.driver_area(prop)
    elif place == "passenger":
        area = catalog.passenger_area(prop)
    else:
        area = None if place == "all" else place
    return (area,) if area in prop.areas else tuple(prop.areas)  # type: ignore[return-value]
