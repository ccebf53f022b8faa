"""How properties are spoken of: the acts of each property and their wordings.

Lists of phrases are templates (see `template`); the slots that a phrase may use are named with
its field.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.core.grammar.template import TemplateText

Texts = tuple[TemplateText, ...]
Range = Literal[
    "level",
    "plus",
    "minus",
    "max",
    "min",
    "zero",
    "middle",
    "plus_low",
    "minus_low",
    "plus_top",
    "minus_top",
    "any",
]


class PhraseModel(BaseModel):
    """A table of a phrase file: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Wording(PhraseModel):
    """How one utterance may be said. Slots: it, at, is, has, s, them, v, far, n, start, by.

    do: a command without its subject, the verb first ("turn on {it}"). solo: commands that lean on
    nothing said before ("make it {v}"), for an utterance on its own. have: what one would like to
    have ("{it} on"). short: a telegram. say: whole sentences. stop: what not to do. ask, wh, np: a
    question, the same as a clause ("whether {it} {is} on"), and the thing asked for ("the fan
    speed {at}"). two: one command for two places (at2, it2, v2).
    why: reasons, clauses that speak for the utterance; anywhere: those that hold for whichever
    place; mine: reasons of the speaker's own, only for the speaker's place; who: reasons of someone
    placed by context (name, subj, subjbe, obj, …).
    """

    do: Texts = ()
    have: Texts = ()
    short: Texts = ()
    say: Texts = ()
    stop: Texts = ()
    ask: Texts = ()
    wh: Texts = ()
    np: Texts = ()
    why: Texts = ()
    anywhere: Texts = ()
    mine: Texts = ()
    solo: Texts = ()
    who: Texts = ()
    two: Texts = ()


WORDING_FIELDS = tuple(Wording.model_fields)


class Act(Wording):
    """One thing to do with a property (or, in `asks`, to ask of it), and how it is said.

    value: the value it comes to; or range: the highest, the lowest or zero, a level of the whole
    range, of the branch above zero or below it, or the lowest or highest level of a branch.
    steps: 1 or -1, a step up or down from a start that is said. ways: how values are said, by
    weight. far: words of degree that suit the verb. heads: nouns where the property's don't suit.
    spots, not_spots: places it is for. placed: its words name the place by themselves.
    tags: what it clashes with. use: shared wordings.
    """

    value: Any = None
    range: Range | None = None
    steps: Literal[1, -1] | None = None
    ways: dict[str, float] = Field(default_factory=dict)
    far: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    placed: bool = False
    spots: tuple[str, ...] = ()
    not_spots: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    weight: float = 1.0


class PropertyPhrases(PhraseModel):
    """How people speak of one property.

    type: the data type that the phrases are for. area_kind: its kind, where the catalogue tells
    none. heads: nouns for {it}, as "window/windows"; a leading "+" marks a noun that is always
    plural, "~" one that has no plural. usual: the span that values mostly lie in; round: values
    are mostly multiples of it. notch: what one spoken step is worth, and its nouns.
    whole: it is for the whole car; a single place is named only where there's need to.
    rows: it is asked for by rows of seats; a single one, but for the driver's and the front
    passenger's, is named only where there's need to.
    alone: clauses that leave the property as it is, for requests about something else: about one
    of the properties `beside`.
    """

    type: str
    area_kind: str = ""
    heads: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    asks: tuple[Act, ...] = ()
    usual: tuple[float, float] | None = None
    round: float | None = None
    notch: float = 1.0
    notch_nouns: tuple[str, ...] = ("step/steps", "notch/notches")
    whole: bool = False
    rows: bool = False
    alone: Texts = ()
    beside: tuple[str, ...] = ()


class Bundle(PhraseModel):
    """A question that takes several readings to answer."""

    reads: tuple[str, ...]
    wording: Wording
    weight: float = 1.0


class Fallback(PhraseModel):
    """Wording for properties that have no phrases, by data type ("*" for any other).

    strip: cut from the front of an area description; zone: words for an area that has none.
    strings: values for text properties.
    """

    acts: dict[str, tuple[Act, ...]] = Field(default_factory=dict)
    asks: dict[str, tuple[Act, ...]] = Field(default_factory=dict)
    strip: tuple[str, ...] = ()
    zone: TemplateText | None = None
    strings: tuple[str, ...] = ()
    at: Texts = ()
    np: Texts = ()
