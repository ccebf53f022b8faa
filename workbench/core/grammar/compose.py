"""From wants to a finished query: which way they are said, and what stands around it."""

from collections.abc import Callable, Sequence
from random import Random

from workbench.core.grammar import joins, styles
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.plan import Want
from workbench.core.grammar.voice import Draft, Voice, capitalised, ended, tidy
from workbench.core.grammar.wordings import Texts

Style = Callable[[Voice, Random, Want], Draft | None]
Join = Callable[[Voice, Random, Sequence[Want]], Draft | None]

STYLES: dict[str, Style] = {
    "plain": styles.plain,
    "reasoned": styles.reasoned,
    "beside": styles.beside,
    "person": styles.person,
    "speaker": styles.speaker,
    "need": styles.need,
    "fixed_value": styles.fixed_value,
    "fixed_place": styles.fixed_place,
    "instead": styles.instead,
    "alone": styles.alone,
}
JOINS: dict[str, Join] = {"joined": joins.joined, "listed": joins.listed, "apart": joins.apart}
TRIES = 8


class Composer:
    """Says the wants of a sample, each way by its weight in the phrasebook."""

    def __init__(self, voice: Voice) -> None:
        self._voice, weights = voice, voice.book.weights
        self._styles = Weighted([(way, weights.get(name, 1.0)) for name, way in STYLES.items()])
        self._joins = Weighted([(way, weights.get(name, 1.0)) for name, way in JOINS.items()])

    def compose(self, rng: Random, wants: Sequence[Want]) -> Draft:
        """Say the wants as one query, capitals and marks included.

        Raises `LookupError` if the phrasebook has no words for one of them.
        """
        draft = None
        for _ in range(TRIES):
            if len(wants) == 1:
                draft = self._styles.draw(rng)(self._voice, rng, wants[0])
            else:
                draft = self._joins.draw(rng)(self._voice, rng, wants)
            if draft:
                break
        draft = draft or joins.apart(self._voice, rng, wants)
        if draft is None:
            raise LookupError(f"no phrases for {[want.names for want in wants]}")
        return self._finished(rng, draft)

    def _finished(self, rng: Random, draft: Draft) -> Draft:
        """Add what may stand around a query, then capitals and marks."""
        text, chance = tidy(draft.text), rng.random()
        opener, closer = self._chance("opener"), self._chance("closer")
        bare = self._chance("bare") / 2 if draft.bare and text[-1] != "?" else 0.0
        if chance < opener:
            text = self._opened(rng, text)
        elif chance < opener + closer:
            text = self._closed(rng, text) if draft.thanks else text
        elif chance > 1 - bare:
            return Draft(text, draft.calls)
        elif chance > 1 - 2 * bare:
            return Draft(capitalised(text), draft.calls)
        return Draft(capitalised(tidy(ended(text))), draft.calls)

    def _chance(self, name: str) -> float:
        return self._voice.book.weights.get(name, 0.1)

    def _opened(self, rng: Random, text: str) -> str:
        opener = self._around(rng, self._voice.book.compose.openers)
        start = " ".join(text.split()[:3])
        # A text that opens with an aside of its own ("look, …") takes no second one.
        if "," in start or ":" in start or _first_word(opener) in _words(text):
            return text
        return f"{opener} {text}"

    def _closed(self, rng: Random, text: str) -> str:
        closers = self._voice.book.compose.closers
        thanked = _words(text) & {_first_word(closer.source) for closer in closers}
        return text if thanked else f"{ended(text)} {self._around(rng, closers)}"

    def _around(self, rng: Random, texts: Texts) -> str:
        return self._voice.put(rng, pick(rng, texts))


def _words(text: str) -> set[str]:
    return {word.strip(".,!?") for word in text.casefold().split()}


def _first_word(text: str) -> str:
    return text.casefold().split()[0].strip(".,!?")
