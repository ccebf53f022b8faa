"""From intents to a finished query: how they are said, and what stands around it."""

from collections.abc import Callable, Sequence
from random import Random

from workbench.core.grammar import joined_utterances as joins
from workbench.core.grammar import styles
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.surface import misspelt, recognised
from workbench.core.grammar.utterance_writer import (
    QueryDraft,
    UtteranceWriter,
    capitalised,
    doubled,
    ended,
    tidy,
)
from workbench.core.grammar.wordings import Texts
from workbench.core.request_styles import Style

Way = Callable[[UtteranceWriter, Random, Intent], QueryDraft | None]
Join = Callable[[UtteranceWriter, Random, Sequence[Intent]], QueryDraft | None]

WAYS: dict[Style, tuple[tuple[str, Way], ...]] = {
    "plain": (("plain", styles.plain),),
    "reason": (("reasoned", styles.reasoned),),
    "need": (("need", styles.need),),
    "person": (("person", styles.person), ("speaker", styles.speaker)),
    "same": (("same", styles.same),),
    "exception": (("except", styles.but_one), ("alone", styles.alone)),
    "correction": (
        ("fixed_value", styles.fixed_value),
        ("fixed_place", styles.fixed_place),
        ("instead", styles.instead),
    ),
    "short": (("short", styles.short),),
    "voice": (("plain", styles.spoken), ("reasoned", styles.spoken_reason)),
    "typed": (("plain", styles.plain), ("reasoned", styles.reasoned)),
}
"""The ways of saying one intent by style, each by its weight in the phrasebook."""

JOINS: dict[str, Join] = {"joined": joins.joined, "listed": joins.listed, "apart": joins.apart}
TRIES = 8

FILLER_SHARE = 0.4
"""How often speech begins with a word that says nothing."""


class QueryComposer:
    """Says the intents of a sample in a style."""

    def __init__(self, writer: UtteranceWriter) -> None:
        self._writer, weights = writer, writer.book.weights
        self._ways = {
            style: Weighted([(way, weights.get(name, 1.0)) for name, way in ways])
            for style, ways in WAYS.items()
        }
        self._joins = Weighted([(way, weights.get(name, 1.0)) for name, way in JOINS.items()])

    def compose(
        self, rng: Random, intents: Sequence[Intent], style: Style = "plain"
    ) -> QueryDraft | None:
        """Say the intents as one query, capitals and marks included.

        None if they can't be said in this style, or if the phrasebook lacks words for one of them.
        """
        for _ in range(TRIES):
            draft = self._said(rng, intents, style)
            said = draft and self.dressed(rng, draft, style)
            if said and not doubled(said.text):
                return said
        return None

    def _said(self, rng: Random, intents: Sequence[Intent], style: Style) -> QueryDraft | None:
        if len(intents) == 1:
            ways = self._ways[style]
            return ways.draw(rng)(self._writer, rng, intents[0]) if ways else None
        if style == "short":
            return joins.listed(self._writer, rng, intents)
        if style == "voice":
            # Of three things, said without marks, nobody can tell where one ends.
            return joins.joined(self._writer, rng, intents[:2])
        return self._joins.draw(rng)(self._writer, rng, intents)

    def dressed(self, rng: Random, draft: QueryDraft, style: Style) -> QueryDraft:
        """Finish a query as its style has it."""
        if style == "voice":
            fillers = self._writer.book.compose.fillers
            filler = self._around(rng, fillers) if fillers and rng.random() < FILLER_SHARE else ""
            return QueryDraft(recognised(f"{filler} {tidy(draft.text)}"), draft.calls)
        finished = self.finished(rng, draft)
        if style != "typed":
            return finished
        slips = self._writer.book.slips
        return QueryDraft(misspelt(rng, finished.text, slips), draft.calls)

    def finished(self, rng: Random, draft: QueryDraft) -> QueryDraft:
        """Add openers and closers to a query, then capitals and punctuation."""
        text, chance = tidy(draft.text), rng.random()
        opener, closer = self._chance("opener"), self._chance("closer")
        bare = self._chance("bare") / 2 if draft.bare and text[-1] != "?" else 0.0
        if chance < opener:
            text = self._opened(rng, text)
        elif chance < opener + closer:
            text = self._closed(rng, text) if draft.thanks else text
        elif chance > 1 - bare:
            return QueryDraft(text, draft.calls)
        elif chance > 1 - 2 * bare:
            return QueryDraft(capitalised(text), draft.calls)
        return QueryDraft(capitalised(tidy(ended(text))), draft.calls)

    def _chance(self, name: str) -> float:
        return self._writer.book.weights.get(name, 0.1)

    def _opened(self, rng: Random, text: str) -> str:
        opener = self._around(rng, self._writer.book.compose.openers)
        start = " ".join(text.split()[:3])
        # A text that opens with an aside of its own ("look, …") takes no second one.
        if "," in start or ":" in start or _first_word(opener) in _words(text):
            return text
        return f"{opener} {text}"

    def _closed(self, rng: Random, text: str) -> str:
        closers = self._writer.book.compose.closers
        polite = {_first_word(closer.source) for closer in closers} | {"please", "thanks", "ta"}
        thanked = _words(text) & polite
        return text if thanked else f"{ended(text)} {self._around(rng, closers)}"

    def _around(self, rng: Random, texts: Texts) -> str:
        return self._writer.put(rng, pick(rng, texts))


def _words(text: str) -> set[str]:
    return {word.strip(".,!?") for word in text.casefold().split()}


def _first_word(text: str) -> str:
    return text.casefold().split()[0].strip(".,!?")
