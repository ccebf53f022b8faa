"""What is said in conversations besides requests: how far, what is so, what follows, replies.

Texts are templates (see `template`). The passenger's have the slots of an utterance (`it`, `at`,
`is`, …); a reply has the same, with the place turned round ("my seat", "your seat").
"""

from typing import Any, Literal

from pydantic import Field

from workbench.core.grammar.wordings import PhraseModel, Texts

When = Literal["zero", "plus", "minus", "max", "min"]


class ToldValue(PhraseModel):
    """What is said of one value of a property. Slots: v (with its unit), n, p (percent).

    value, when: which values it is for, by default any. text: when it was read; now: when it was
    set; already: when it was wanted and is so. heads: nouns where the property's don't suit.
    """

    value: Any = None
    when: When | None = None
    heads: tuple[str, ...] = ()
    text: Texts = ()
    now: Texts = ()
    already: Texts = ()


class ImpossibleWish(PhraseModel):
    """A change that people may ask for and no car makes, of a property that can only be read."""

    value: Any
    text: Texts
    sorry: Texts


class PropertyTalk(PhraseModel):
    """How people go on about one property.

    use: shared tables. told: what is so, the first that fits. up, down: relative wishes, with the
    slots more ("a bit" warmer) or bit (turn it up "a bit"). top, bottom: at the end of the range.
    over, under: what is said of a value beyond it (low, high, v). beyond, below: such values.
    below_if, above_if: clauses of a condition (v). span, round: the values it has at the start.
    wishes: what can't be changed. then_on: to switch on what something else needs.
    with_at: its place is said beside it ("the AC on my side").
    """

    use: tuple[str, ...] = ()
    told: tuple[ToldValue, ...] = ()
    up: Texts = ()
    down: Texts = ()
    top: Texts = ()
    bottom: Texts = ()
    over: Texts = ()
    under: Texts = ()
    beyond: tuple[float, float] | None = None
    below: tuple[float, float] | None = None
    beyond_noun: str = ""
    below_if: Texts = ()
    above_if: Texts = ()
    span: tuple[float, float] | None = None
    round: float | None = None
    wishes: tuple[ImpossibleWish, ...] = ()
    then_on: Texts = ()
    with_at: bool = False


class SharedTalk(PhraseModel):
    """What several properties say alike."""

    told: tuple[ToldValue, ...] = ()


class SpokenUnit(PhraseModel):
    """How a unit is said. Slot: n. told: of a reading, by default as anywhere.

    factor, places: from the property's unit to the spoken one.
    """

    unit: str
    factor: float = 1.0
    places: int = 0
    forms: Texts
    told: Texts = ()


class ReplyPlaces(PhraseModel):
    """How the assistant names places. without: words of the passenger's that it doesn't use."""

    without: tuple[str, ...] = ()


class AmountWords(PhraseModel):
    """Words for how far, before a comparative and after a verb; the policy has to know them."""

    little_before: tuple[str, ...] = ()
    little_after: tuple[str, ...] = ()
    much_before: tuple[str, ...] = ()
    much_after: tuple[str, ...] = ()


class ConditionPair(PhraseModel):
    """A reading, and what people want if it is below or above one of the limits.

    up: properties that they want on, or higher; down: off, or shut.
    """

    read: str
    when: Literal["below", "above"]
    limits: tuple[float, ...]
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()


class ConditionPhrases(PhraseModel):
    """A request that holds only if something is so. Slots: cond, do; told, now in replies.

    unless_for: the shared wordings of requests that "if it isn't already" suits.
    """

    given: Texts = ()
    unless: Texts = ()
    unless_for: tuple[str, ...] = ()
    pairs: tuple[ConditionPair, ...] = ()
    met: Texts = ()
    unmet: Texts = ()


class FollowUps(PhraseModel):
    """What is said after something was done. Slots: who, at, it, place, v, bit."""

    again: Texts = ()
    again_at: Texts = ()
    again_it: Texts = ()
    undo: Texts = ()
    undo_many: Texts = ()
    unknown: Texts = ()
    wrong_place: Texts = ()
    wrong_value: Texts = ()
    more: Texts = ()
    less: Texts = ()
    lower: Texts = ()
    even: Texts = ()
    read_back: Texts = ()
    read_here: Texts = ()
    read_who: Texts = ()
    read_it: Texts = ()


class UnavailablePhrases(PhraseModel):
    """Why something isn't available. Slot: needed, what is so instead of what it needs."""

    sorry: Texts = ()
    offer: tuple[str, ...] = ("",)


class NowherePhrases(PhraseModel):
    """What is said of a place that a property hasn't got. kinds: of places that it is said of."""

    kinds: tuple[str, ...] = ()
    sorry: Texts = ()


class UnclearPlace(PhraseModel):
    """Words for one of several spots, and not which. heads: only for acts with these nouns."""

    kinds: tuple[str, ...]
    spots: tuple[str, ...]
    heads: tuple[str, ...] = ()
    np: Texts = ()
    at: Texts = ()


class UnclearThing(PhraseModel):
    """A request that sets something to a value, and not which. Slot: x."""

    value: Any
    text: Texts


class AskPhrases(PhraseModel):
    """Questions back (slots a, b) and their answers by side."""

    left_right: Texts = ()
    named: Texts = ()
    both: Texts = ()
    answers: dict[str, Texts] = Field(default_factory=dict)
    places: tuple[UnclearPlace, ...] = ()
    things: tuple[UnclearThing, ...] = ()


class SmallTalk(PhraseModel):
    """Something that no property has to do with: what is said, and what is replied."""

    says: Texts
    replies: Texts


class Talk(PhraseModel):
    """All that conversations say. plain_told: what is so, of a property without phrases (it, v).

    turned: words of the passenger as the assistant says them.
    """

    done: Texts = ()
    done_now: Texts = ()
    welcome: Texts = ()
    thanks: Texts = ()
    plain_told: Texts = ()
    replies: ReplyPlaces = ReplyPlaces()
    turned: dict[str, str] = Field(default_factory=dict)
    amounts: AmountWords = AmountWords()
    units: tuple[SpokenUnit, ...] = ()
    shared: dict[str, SharedTalk] = Field(default_factory=dict)
    properties: dict[str, PropertyTalk] = Field(default_factory=dict)
    conditions: ConditionPhrases = ConditionPhrases()
    follow: FollowUps = FollowUps()
    unavailable: UnavailablePhrases = UnavailablePhrases()
    nowhere: NowherePhrases = NowherePhrases()
    ask: AskPhrases = AskPhrases()
    chat: tuple[SmallTalk, ...] = ()
    out_of_scope: tuple[SmallTalk, ...] = ()

    def told(self, talk: PropertyTalk | None) -> tuple[ToldValue, ...]:
        """Return what is said of a property's values: its own, then the shared tables'."""
        if talk is None:
            return ()
        shared = (one for use in talk.use if use in self.shared for one in self.shared[use].told)
        return (*shared, *talk.told)
