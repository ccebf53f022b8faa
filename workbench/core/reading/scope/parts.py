"""What a stretch of words says: its places, amounts, properties and directions."""

from dataclasses import dataclass
from typing import Literal

from workbench.core.reading.mentions import MentionFinder
from workbench.core.reading.number_words import NumberWords
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_places import PlaceWords, longest_first
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.words import MARKS, ScopeWords, TokenSpan

PartKind = Literal["place", "amount", "property", "direction"]

_PREPOSITIONS = frozenset({"to", "at", "on", "by"})
_STATES = frozenset({"on", "off", "open", "shut", "closed", "locked", "unlocked", "in", "out"})
_BEFORE_PLACES = frozenset({"the", "level", "#", "my", "his", "her", "our", "both", "all", "stage"})


@dataclass(frozen=True, slots=True)
class SaidPart:
    """Words that fill one part of a wish: tokens (from, to). sure: whether a property is named."""

    kind: PartKind
    begin: int
    end: int
    sure: bool = True


@dataclass(frozen=True)
class PartFinder:
    """Finds slots by the finders of mentions and places."""

    words: ScopeWords
    mentions: MentionFinder
    places: PlaceWords
    own: PhraseIndex[str]
    numbers: NumberWords

    def places_in(self, text: QueryText) -> list[TokenSpan]:
        found = [(place.begin, place.end) for place in self.places.find(text)]
        taken = {i for begin, end in found for i in range(begin, end)}
        for begin, end, _ in longest_first(self.own, text):
            if not taken & set(range(begin, end)):
                taken |= set(range(begin, end))
                found.append((begin, end))
        return sorted(found)

    def find(self, text: QueryText) -> list[SaidPart]:
        """Return the slots of a text in order; a property's words leave out what else they say."""
        words = text.words
        places = self.places_in(text)
        taken = {i for begin, end in places for i in range(begin, end)}
        found = [SaidPart("place", begin, end) for begin, end in places]
        amounts = [
            (i, i + (2 if words[i + 1 : i + 2] == ["percent"] else 1))
            for i, token in enumerate(text.tokens)
            if token.number is not None and not self.numbers.no_value(words, i)
        ]
        for begin, end in [*amounts, *self.words.amounts.spans(text)]:
            if not taken & set(range(begin, end)):
                taken |= set(range(begin, end))
                found.append(SaidPart("amount", begin, end))
        directions = set()
        for i, word in enumerate(words):
            if i not in taken and word in self.words.families and not _is_link(words, i):
                directions.add(i)
                found.append(SaidPart("direction", i, i + 1))
        taken |= directions
        for mention in self.mentions.find(text):
            if not (mention.names or mention.shared or mention.asks):
                continue
            begin, end = mention.begin, mention.end
            loose = taken | {i for i in range(begin, end) if words[i] in self.words.commands}
            while begin < end and (begin in loose or words[begin] in self.words.empty):
                begin += 1
            while end > begin and (end - 1 in loose or words[end - 1] in self.words.empty):
                end -= 1
            if begin < end:
                found.append(SaidPart("property", begin, end, bool(mention.names)))
        return sorted(found, key=lambda slot: (slot.begin, slot.end))


def _is_link(words: list[str], i: int) -> bool:
    """Whether a word such as "on" only leads up to something: "on level two", "in the back"."""
    if words[i] not in ("on", "in", "out", "up", "down", "back"):
        return False
    return i + 1 < len(words) and words[i + 1] in _BEFORE_PLACES


def says_more(text: QueryText, begin: int, end: int, words: ScopeWords) -> bool:
    """Whether tokens (from, to) hold anything but marks and words that say nothing."""
    return any(word not in words.empty and word not in MARKS for word in text.words[begin:end])
