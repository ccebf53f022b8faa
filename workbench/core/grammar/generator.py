"""The grammar as a whole: a sample for every seed, request number and index."""

from collections.abc import Sequence

from workbench.core.car.catalog import Catalog, Cell, Property
from workbench.core.car.limit_checks import limit_faults
from workbench.core.car.overlay import Access
from workbench.core.car.policy import Policy
from workbench.core.grammar.draw import keyed
from workbench.core.grammar.drawn_calls import drawn_call
from workbench.core.grammar.due_cells import due_cell
from workbench.core.grammar.phrasebook import Phrasebook
from workbench.core.grammar.place_phrases import Places
from workbench.core.grammar.plan import IntentPlanner
from workbench.core.grammar.query_composer import QueryComposer
from workbench.core.grammar.utterance_maker import UtteranceMaker
from workbench.core.grammar.utterance_writer import UtteranceWriter
from workbench.core.grammar.value_phrases import ValueWriter
from workbench.core.samples import Sample, ToolCall

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
        places = Places(catalog, book)
        self._planner = IntentPlanner(catalog, policy, book, places)
        if not self._planner.cells:
            raise GrammarError(self.left_out or "the catalogue has no property that people ask for")
        utterances = UtteranceMaker(book, places, ValueWriter(book, policy))
        self._composer = QueryComposer(UtteranceWriter(book, places, self._planner, utterances))

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

    def sample(self, seed: int, number: int, index: int, thin: Sequence[Cell] = ()) -> Sample:
        """Write the sample of one index of one request; equal arguments give equal samples.

        Every third sample is for the thinnest cells in their order, or, without any, for the next
        cell of a cycle through all; the others are drawn by how often people ask.
        """
        rng = keyed("sample", seed, number, index)
        intents = self._planner.draw(rng, due_cell(self._planner.cells, seed, number, index, thin))
        draft = self._composer.compose(rng, intents)
        calls = tuple(drawn_call(self._catalog, *call) for call in draft.calls)
        return Sample(draft.text, calls)
