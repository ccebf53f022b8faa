"""The grammar as a whole: a sample for every seed, request number and index."""

from collections.abc import Sequence
from random import Random

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.limit_checks import limit_faults
from workbench.core.car.policy import Policy
from workbench.core.grammar.conversation.speech import Speech
from workbench.core.grammar.conversation.walk import Walk
from workbench.core.grammar.conversation.writer import ConversationWriter
from workbench.core.grammar.draw import Weighted, keyed
from workbench.core.grammar.drawn_calls import drawn_call
from workbench.core.grammar.due_cells import due_cell
from workbench.core.grammar.phrasebook import Phrasebook
from workbench.core.grammar.place_phrases import Places
from workbench.core.grammar.plan import Intent, IntentPlanner
from workbench.core.grammar.query_composer import TRIES, QueryComposer
from workbench.core.grammar.utterance_maker import UtteranceMaker
from workbench.core.grammar.utterance_writer import UtteranceWriter
from workbench.core.grammar.value_phrases import ValueWriter
from workbench.core.kinds import SampleKind
from workbench.core.request_styles import STYLES, Style, StyleShares
from workbench.core.samples import Sample

TWIN_SHARE, ANSWERED_SHARE = 0.2, 0.35
"""Of calls among other kinds: the shares that are twins of those, and that are answered."""

BUT_ONE_SHARE = 0.5
"""Of exceptions: the share that are for all places but one; others leave something as it is."""

_SHOWN = 5
"""The most properties named of those left out."""


class GrammarError(ValueError):
    """A catalogue that the grammar has nothing to say about."""


class Grammar:
    """Writes samples for a catalogue, by the policy, in the words of a phrasebook.

    Raises `GrammarError` if the catalogue has no cell that people talk about.
    """

    def __init__(self, catalog: Catalog, policy: Policy, book: Phrasebook) -> None:
        self._catalog = catalog
        usual = [(style, book.styles.get(style, 0.0)) for style in STYLES]
        self._styles: dict[StyleShares, Weighted[Style]] = {(): Weighted(usual)}
        places = Places(catalog, book)
        self._planner = IntentPlanner(catalog, policy, book, places)
        if not self._planner.cells:
            raise GrammarError(self.left_out or "the catalogue has no property that people ask for")
        utterances = UtteranceMaker(book, places, ValueWriter(book, policy))
        writer = UtteranceWriter(book, places, self._planner, utterances)
        self._composer = QueryComposer(writer)
        speech = Speech(writer, self._composer)
        walk = Walk(catalog, policy, self._planner, places, speech)
        self._conversations = ConversationWriter(walk)

    @property
    def left_out(self) -> str:
        """Properties that people ask for but nothing is written for, and why; "" for none."""
        cells = self._planner.left_out
        names = list(dict.fromkeys(cell.property for cell in cells))
        if not names:
            return ""
        told = []
        for name in names[:_SHOWN]:
            access = {cell.access for cell in cells if cell.property == name}
            what = "" if len(access) > 1 else ", to read it" if "get" in access else ", to set it"
            faults = limit_faults(self._catalog.properties[name])
            why = next((str(fault) for fault in faults), "no wording here fits it")
            told.append(f"{name}{what} ({why})")
        more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return "; ".join(told) + more

    def sample(
        self,
        seed: int,
        number: int,
        index: int,
        thin: Sequence[Cell] = (),
        kinds: Sequence[SampleKind] = (),
        styles: StyleShares = (),
    ) -> Sample:
        """Write the sample of one index of one request; equal arguments give equal samples.

        Every third sample is for the thinnest cells in their order, or, without any, for the next
        cell of a cycle through all; the others are drawn by how often people ask. kinds: the kind
        of each index; without any, all are calls and nothing else. Among other kinds some calls
        are answered, and some are twins of those: the same words but for one thing. styles: the
        shares of the styles in which plain calls are asked for; without any, the phrasebook's. A
        cell that can't be asked for in a style is asked for in another of them, or plainly.
        """
        cell = due_cell(self._planner.cells, seed, number, index, thin)
        kind = kinds[index] if kinds else "calls"
        found: Sample | None = None
        if kind != "calls":
            found = self._conversations.sample(kind, cell, seed, number, index)
            if found is None:
                raise LookupError(
                    f"there are no words for a sample of the kind {kind} in this car; leave it out "
                    "of --kinds"
                )
            return found
        if any(one != "calls" for one in kinds):
            found = self._among_others(seed, number, index, thin, kinds)
        return found or self._calls(seed, number, index, cell, styles)

    def plan(
        self,
        seed: int,
        number: int,
        thin: Sequence[Cell] = (),
        kinds: Sequence[SampleKind] = (),
    ) -> tuple[Sample, ...]:
        """Write what others are to say in their own words: one sample for each of the kinds."""
        return tuple(self.sample(seed, number, i, thin, kinds) for i in range(len(kinds)))

    def _calls(
        self, seed: int, number: int, index: int, cell: Cell | None, styles: StyleShares
    ) -> Sample:
        rng = keyed("sample", seed, number, index)
        if styles not in self._styles:
            self._styles[styles] = Weighted(styles)
        draft = None
        for attempt in range(2 * TRIES):
            if attempt % TRIES == 0:
                style = self._styles[styles].draw(rng)
            draft = self._composer.compose(rng, self._intents(rng, cell, style), style)
            if draft:
                break
        if draft is None:
            style = "plain"
            draft = self._composer.compose(rng, [self._planner.lone(rng, cell)])
        if draft is None:
            raise LookupError("the phrasebook has no words for what the catalogue has")
        calls = tuple(drawn_call(self._catalog, *call) for call in draft.calls)
        return Sample(draft.text, calls, {"style": style})

    def _intents(self, rng: Random, cell: Cell | None, style: Style) -> list[Intent]:
        """Draw what a sample of a style is about."""
        found = None
        if style == "same":
            found = self._planner.shared(rng, cell, but=False)
        elif style == "exception" and rng.random() < BUT_ONE_SHARE:
            found = self._planner.shared(rng, cell, but=True)
        elif style in ("plain", "reason", "short", "voice", "typed"):
            return self._planner.draw(rng, cell)
        return [found or self._planner.lone(rng, cell)]

    def _among_others(
        self, seed: int, number: int, index: int, thin: Sequence[Cell], kinds: Sequence[SampleKind]
    ) -> Sample | None:
        """Write calls as they are among other kinds: twins of those, or answered; None for plain
        ones.
        """
        chance = keyed("among", seed, number, index).random()
        others = [i for i, kind in enumerate(kinds) if kind != "calls"]
        if chance < TWIN_SHARE:
            twins = [
                i
                for i, kind in enumerate(kinds[:index])
                if kind == "calls" and keyed("among", seed, number, i).random() < TWIN_SHARE
            ]
            if len(twins) >= len(others):
                return None
            other = others[len(twins)]
            cell = due_cell(self._planner.cells, seed, number, other, thin)
            return self._conversations.twin(kinds[other], cell, seed, number, other)
        if chance < TWIN_SHARE + ANSWERED_SHARE:
            cell = due_cell(self._planner.cells, seed, number, index, thin)
            return self._conversations.sample("calls", cell, seed, number, index)
        return None
