"""Entries of a catalogue file: properties and their areas, as the file gives them."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Number = int | float


def _bound(value: Any) -> Any:
    """Read a bound: a number, or a string that holds one; an empty string or null is none."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        return float(text) if any(c in text for c in ".eE") else int(text)
    return value


class AreaProfile(BaseModel):
    """One area of a property, as a catalogue file gives it."""

    model_config = ConfigDict(frozen=True)

    id: int = Field(alias="areaId")
    description: str = Field("", alias="areaIdDescription")
    minimum: Annotated[Number | None, BeforeValidator(_bound)] = Field(None, alias="minValue")
    maximum: Annotated[Number | None, BeforeValidator(_bound)] = Field(None, alias="maxValue")
    values: tuple[Any, ...] = Field((), alias="supportedEnumValues")


class PropertyEntry(BaseModel):
    """One property, as a catalogue file gives it. Unknown keys are allowed and kept in the raw."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(alias="propertyName", min_length=1)
    description: str = Field("", alias="propertyDescription")
    access: str = "ReadWrite"
    type: str = Field(alias="dataType")
    change_mode: str = Field("OnChange", alias="changeMode")
    areas: tuple[AreaProfile, ...] = Field((), alias="areaIdProfiles")
