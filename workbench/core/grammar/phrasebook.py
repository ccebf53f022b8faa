"""What the phrase files say: every word that the offline grammar can speak.

Each file holds some of the tables of a `Phrasebook`; an adapter reads and joins them. Lists of
phrases are templates (see `template`). The slots that a phrase may use are named with its field.
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from workbench.core.grammar.scene_wishes import WishText
from workbench.core.grammar.talk import Talk
from workbench.core.grammar.wordings import (
    Act,
    Bundle,
    Fallback,
    PhraseModel,
    PropertyPhrases,
    Texts,
    Wording,
)
from workbench.core.request_styles import Style


class AreaFamily(PhraseModel):
    """A family of areas: the bit of each spot. personal: what is set there is felt there alone."""

    personal: bool = False
    spots: dict[str, int] = Field(default_factory=dict)


class PlacePhrases(PhraseModel):
    """Words for a spot, a role (driver, …) or a group of spots. Slots: N, Ns, count.

    at: an adverbial ("on my side"). np: a noun with its place ("my {N}"). who: what follows
    "for". asked_at, same: the adverbial in a question, and what follows "the same for" after a
    part of the car, where they differ. count: how many places a group has, where the words say so;
    side: the car's driver side. but: the group is all but one ("all the windows except mine"), and
    kept for exceptions. either: a noun for a question about one or the other of two. rare: people
    seldom speak of these places together.
    """

    kinds: tuple[str, ...]
    spot: str = ""
    group: tuple[str, ...] = ()
    count: int | None = None
    side: Literal["left", "right"] | None = None
    but: bool = False
    rare: bool = False
    at: Texts = ()
    asked_at: Texts = ()
    np: Texts = ()
    either: Texts = ()
    who: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


class Person(PhraseModel):
    """Somebody to place in the car: how they are called, their pronoun, and the weight."""

    names: tuple[str, ...]
    pronoun: Literal["he", "she", "they", "it"]
    weight: float = 1.0


class SeatingSentences(PhraseModel):
    """Sentences that seat someone or the speaker. where: the words by spot or role."""

    intro: Texts = ()
    where: dict[str, Texts] = Field(default_factory=dict)


class ValueForm(PhraseModel):
    """A way of saying a value: as a number, a percentage, in °F, or by a word of degree.

    forms: slots n, w (digits, words), p, pw (of the percentage), f, fw (of the °F).
    words: the policy's words of degree.
    """

    kind: Literal["number", "percent", "fahrenheit", "degree"]
    forms: Texts = ()
    words: tuple[str, ...] = ()


class Numbers(PhraseModel):
    """Number words: 0 to 19, tens, and what joins them."""

    small: tuple[str, ...] = ()
    tens: tuple[str, ...] = ()
    hundred: str = "one hundred"
    half: str = "and a half"
    minus: str = "minus"


class Frame(PhraseModel):
    """Sentences around an utterance. form: the wording it takes.

    opens: only for a first sentence.
    """

    form: str
    text: Texts
    weight: float = 1.0
    opens: bool = False


class NeedReasons(PhraseModel):
    """What may have brought about a need that a property answers with a value, as clauses."""

    property: str
    value: Any
    why: Texts


class Aside(PhraseModel):
    """Clauses that say nothing about the utterance: times, ages, speeds, plates."""

    text: Texts
    tags: tuple[str, ...] = ()
    weight: float = 1.0


class WishScene(PhraseModel):
    """Things that people want in the same moment, and so in one breath.

    wants, asks: see `parse_wish`. why: clauses that say what is going on.
    """

    name: str
    wants: tuple[WishText, ...] = ()
    asks: tuple[WishText, ...] = ()
    why: Texts = ()
    weight: float = 1.0


class Compose(PhraseModel):
    """How sentences come together. vague: numbers that, after a slip, may be taken for pronouns."""

    openers: Texts = ()
    closers: Texts = ()
    fillers: Texts = ()
    because: Texts = ()
    asked_because: Texts = ()
    tell: Texts = ()
    join_two: Texts = ()
    join_last: Texts = ()
    join_comma: Texts = ()
    both: Texts = ()
    next: Texts = ()
    next_ask: Texts = ()
    at_place: Texts = ()
    same: Texts = ()
    same_mine: Texts = ()
    same_here: Texts = ()
    same_person: Texts = ()
    fix_value: Texts = ()
    vague: tuple[str, ...] = ()
    fix_place: Texts = ()
    fix_wish: Texts = ()
    alone: Texts = ()
    needs: Texts = ()
    because_needed: Texts = ()
    speaker_needs: Texts = ()
    person_wish: Texts = ()


class Phrasebook(PhraseModel):
    """All phrases.

    unstated_one, unstated_many: a noun without a place. again_one, again_many: instead of a noun
    that was just said. sideless: spots in the middle, which are on no side. list_np, list_who: two
    places (slots a, b). person, named: places of someone by pronoun or name. verbs: the -ing form
    of every verb that a command starts with. fills: small talk by slot. talk: what conversations
    say besides. clashes: tags that don't go together. mixups: properties that people mix up.
    weights: of forms and ways; `unstated`, `scene`, `opener`, `closer` and `bare` are chances.
    styles: the usual shares of the styles. slips: how words are misspelt.
    """

    shared: dict[str, Wording] = Field(default_factory=dict)
    properties: dict[str, PropertyPhrases] = Field(default_factory=dict)
    kinds: dict[str, AreaFamily] = Field(default_factory=dict)
    roles: dict[Literal["left", "right"], dict[str, str]] = Field(default_factory=dict)
    places: tuple[PlacePhrases, ...] = ()
    unstated_one: Texts = ()
    unstated_many: Texts = ()
    again_one: Texts = ()
    again_many: Texts = ()
    sideless: tuple[str, ...] = ()
    list_np: Texts = ()
    list_who: Texts = ()
    list_values: Texts = ()
    people: tuple[Person, ...] = ()
    pronouns: dict[str, dict[str, str]] = Field(default_factory=dict)
    person_np: Texts = ()
    person_at: Texts = ()
    named_np: Texts = ()
    named_at: Texts = ()
    person: SeatingSentences = SeatingSentences()
    speaker: SeatingSentences = SeatingSentences()
    ways: dict[str, ValueForm] = Field(default_factory=dict)
    numbers: Numbers = Numbers()
    frames: tuple[Frame, ...] = ()
    asides: tuple[Aside, ...] = ()
    scenes: tuple[WishScene, ...] = ()
    need_reasons: tuple[NeedReasons, ...] = ()
    styles: dict[Style, float] = Field(default_factory=dict)
    slips: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    bundles: tuple[Bundle, ...] = ()
    fills: dict[str, Texts] = Field(default_factory=dict)
    verbs: dict[str, str] = Field(default_factory=dict)
    clashes: tuple[tuple[str, str], ...] = ()
    mixups: tuple[tuple[str, ...], ...] = ()
    compose: Compose = Compose()
    fallback: Fallback = Fallback()
    talk: Talk = Talk()
    weights: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_exist(self) -> "Phrasebook":
        for name, prop in self.properties.items():
            for act in (*prop.acts, *prop.asks):
                for use in act.use:
                    if use not in self.shared:
                        raise ValueError(f"properties.{name}: no shared wording {use!r}")
                for way in act.ways:
                    if way not in self.ways:
                        raise ValueError(f"properties.{name}: no way {way!r}")
        return self

    def wording(self, act: Act, field: str) -> Texts:
        """Return an act's phrases of one field, shared wordings included."""
        own: Texts = getattr(act, field)
        for use in act.use:
            own += getattr(self.shared[use], field)
        return own
