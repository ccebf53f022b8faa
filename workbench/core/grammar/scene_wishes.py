"""What somebody wants in a scene, as the phrase files write it: `WINDOW_POS zero all`."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator

from workbench.core.grammar.wordings import Act


@dataclass(frozen=True, slots=True)
class SceneWish:
    """A property, what is wanted of it, and where.

    what: an act's value or range, as the phrase files write it; "" for any act, or a question.
    where: "all" for every place, "back" for those in the back, otherwise a spot or a role; "" for
    where it is meant if no place is named.
    """

    property: str
    what: str = ""
    where: str = ""

    def suits(self, act: Act) -> bool:
        """Whether an act of the property does what is wanted; a step from a start never does."""
        if act.steps:
            return False
        spots = (self.where,) if self.where and self.where not in ("all", "back") else ()
        if act.spots and not set(act.spots) & set(spots):
            return False
        if not self.what:
            return True
        wanted = act.range if act.value is None else str(act.value).lower()
        return wanted == self.what


def parse_wish(source: Any) -> SceneWish:
    """Read `PROPERTY`, `PROPERTY what` or `PROPERTY what where`; "-" stands for no "what".

    Raises `ValueError` for anything else.
    """
    if isinstance(source, SceneWish):
        return source
    words = source.split() if isinstance(source, str) else []
    if not 1 <= len(words) <= 3:
        raise ValueError(f"a wish is 'PROPERTY what where', not {source!r}")
    name, what, where = (*words, "", "")[:3]
    return SceneWish(name, "" if what == "-" else what, where)


WishText = Annotated[SceneWish, PlainValidator(parse_wish)]
"""A pydantic field type: a wish, given as text."""
