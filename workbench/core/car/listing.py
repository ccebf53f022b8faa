"""The function by which a model looks up the car's properties by category, and the categories."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Strict):
    """A category. words: what is in it. properties: their names; a car may lack some."""

    name: str = Field(min_length=1)
    words: str = ""
    properties: tuple[str, ...] = ()


class PropertyLists(_Strict):
    """The categories file: the function that lists properties, and the categories it knows.

    function, description: its name, and what it does. parameter, meaning: the same of its only
    parameter. every: the category that stands for all of them, "" if there is none.
    """

    function: str = Field(min_length=1)
    description: str = ""
    parameter: str = Field(min_length=1)
    meaning: str = ""
    every: str = ""
    categories: tuple[Category, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Self:
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        if twice:
            raise ValueError(f"there are two categories {twice[0]!r}")
        return self

    @cached_property
    def by_name(self) -> Mapping[str, frozenset[str]]:
        """The names of the properties by category; the one for all isn't in it."""
        return {one.name: frozenset(one.properties) for one in self.categories}

    @property
    def names(self) -> tuple[str, ...]:
        """The values that the parameter may have."""
        return (*filter(None, (self.every,)), *(one.name for one in self.categories))

    def is_another(self, functions: Iterable[Mapping[str, Any]]) -> bool:
        """Whether one of a functions file's entries has the name, and reads or sets a property."""
        return any(
            raw.get("name") == self.function and _takes_property(raw.get("parameters"))
            for raw in functions
        )

    def lists(self, category: str | None, name: str) -> bool:
        """Whether a property is listed under a category; None asks for all."""
        return category in (None, self.every) or name in self.by_name.get(category or "", ())

    def categories_of(self, name: str) -> tuple[str, ...]:
        """Return the categories that a property is in, in the file's order."""
        return tuple(one.name for one in self.categories if name in self.by_name[one.name])

    def lacking(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of these properties that no category has."""
        return tuple(name for name in names if not self.categories_of(name))

    def needed(self, names: Iterable[str], known: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the categories to look up for these properties, in the file's order.

        known: those looked up already. A property in several categories adds none if another
        property needs one of them, else the shortest; one in no category adds none.
        """
        seen, more = set(known), []
        found = [self.categories_of(name) for name in dict.fromkeys(names)]
        for categories in sorted(filter(None, found), key=len):
            if seen.isdisjoint(categories):
                shortest = min(categories, key=lambda name: len(self.by_name[name]))
                more.append(shortest)
                seen.add(shortest)
        return tuple(one.name for one in self.categories if one.name in more)

    @cached_property
    def raw_function(self) -> dict[str, Any]:
        """The function as a functions file has it."""
        lines = [
            self.meaning,
            *(f"- `{one.name}`: {one.words}." for one in self.categories),
        ]
        told = {"type": "STRING", "description": "\n".join(lines), "enum": list(self.names)}
        parameters = {"type": "OBJECT", "properties": {self.parameter: told}, "required": []}
        return {"name": self.function, "description": self.description, "parameters": parameters}


def _takes_property(parameters: Any) -> bool:
    taken = parameters.get("properties") if isinstance(parameters, Mapping) else None
    return isinstance(taken, Mapping) and "propertyName" in taken
