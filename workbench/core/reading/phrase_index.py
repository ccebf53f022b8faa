"""Phrases with payloads, to be found in texts."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from workbench.core.reading.phrase_book import FoundPhrases, PhraseBook, Spans
from workbench.core.reading.query_text import QueryText

_Payload = TypeVar("_Payload")


class PhraseIndex(Generic[_Payload]):
    """Phrases of a book, each with a payload."""

    def __init__(
        self, phrases: Iterable[tuple[str, _Payload]], book: PhraseBook, *, across: bool = False
    ) -> None:
        """across: gaps may reach across "and"; see `to_regex`."""
        self._book = book
        self._payloads: dict[int, list[tuple[int, _Payload]]] = {}
        for order, (phrase, payload) in enumerate(phrases):
            self._payloads.setdefault(book.number(phrase, across), []).append((order, payload))
        self._plain = {n: [payload for _, payload in own] for n, own in self._payloads.items()}
        self.mask = sum(1 << number for number in self._payloads)

    def __bool__(self) -> bool:
        return bool(self._payloads)

    def find(
        self, text: QueryText, begin: int = 0, end: int | None = None
    ) -> list[tuple[int, int, _Payload]]:
        """Return matches among tokens (from, to) as (from, to, payload), in the phrases' order.

        Matches are what they would be if these tokens were all of the text.
        """
        phrases = text.phrases
        if phrases is None or phrases.book is not self._book:
            phrases = self._book.found_in(text)
        if not phrases.candidates & self.mask:
            return []
        last = len(text.tokens) if end is None else end
        whole = not begin and last == len(text.tokens)
        found: list[tuple[int, tuple[int, int], _Payload]] = []
        for number, everywhere in phrases.among(self.mask):
            spans = everywhere if whole else phrases.within(number, everywhere, begin, last)
            if spans:
                for order, payload in self._payloads[number]:
                    found += [(order, span, payload) for span in spans]
        if len(found) > 1:
            found.sort(key=_order)
        return [(*span, payload) for _, span, payload in found]

    def spans(self, text: QueryText) -> list[tuple[int, Spans]]:
        """Return the phrases in a text, by number, with the tokens (from, to) of each match."""
        phrases: FoundPhrases | None = text.phrases
        if phrases is None or phrases.book is not self._book:
            phrases = self._book.found_in(text)
        if not phrases.candidates & self.mask:
            return []
        return phrases.among(self.mask)

    def payloads(self, number: int) -> list[_Payload]:
        """Return the payloads of a phrase."""
        return self._plain[number]


def _order(found: tuple[int, tuple[int, int], object]) -> int:
    return found[0]
