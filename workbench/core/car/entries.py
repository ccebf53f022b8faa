"""Entries of a catalogue file: properties and their areas, as in the file."""

from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

_LONGEST = 400
"""The longest bound, in characters."""

Number = int | float
Value = bool | int | float | str
"""A single value of a property, as JSON has it."""


def _bound(value: Any) -> Any:
    """Read a bound: a number, or a string with one; an empty string or null means no bound."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if len(text) > _LONGEST:
            raise ValueError(f"a bound of {len(text)} characters is too long to be a car's number")
        try:
            value = float(text) if any(c in text for c in ".eEnN") else int(text)
        except ValueError:
            raise ValueError(f"the bound {text!r} is not a number") from None
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("a bound must be a finite number")
    return value


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("it must be a finite number")
    return value


Finite = Annotated[Number, AfterValidator(_finite)]


class AreaProfile(BaseModel):
    """One area of a property, as in a catalogue file."""

    model_config = ConfigDict(frozen=True)

    id: int = Field(alias="areaId", ge=-(2**63), lt=2**63)
    description: str = Field("", alias="areaIdDescription")
    minimum: Annotated[Number | None, BeforeValidator(_bound)] = Field(None, alias="minValue")
    maximum: Annotated[Number | None, BeforeValidator(_bound)] = Field(None, alias="maxValue")
    values: tuple[Value, ...] = Field((), alias="supportedEnumValues")


class PropertyEntry(BaseModel):
    """One property, as in a catalogue file. Unknown keys are allowed and kept in the raw entry."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(alias="propertyName", min_length=1)
    description: str = Field("", alias="propertyDescription")
    access: str = "ReadWrite"
    type: str = Field(alias="dataType")
    change_mode: str = Field("OnChange", alias="changeMode")
    areas: tuple[AreaProfile, ...] = Field((), alias="areaIdProfiles")


class ParameterSchema(BaseModel):
    """The schema of one parameter; `items` is that of an array's elements. Case is free."""

    model_config = ConfigDict(frozen=True)

    type: str = ""
    format: str = ""
    items: "ParameterSchema | None" = None


class FunctionParameters(BaseModel):
    """The parameters of a function: a JSON schema of type object, as in the file."""

    model_config = ConfigDict(frozen=True)

    properties: dict[str, ParameterSchema] = {}
    required: tuple[str, ...] = ()


class FunctionEntry(BaseModel):
    """One function, as in a functions file."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1)
    description: str = ""
    parameters: FunctionParameters = FunctionParameters()


def explain(error: ValidationError) -> str:
    """Return the first problem in a file's content and its place, as part of a sentence."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    reason = first["msg"].removeprefix("Value error, ")
    return f"{place}: {reason[:1].lower()}{reason[1:]}" if place else reason
